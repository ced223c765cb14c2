/**
 * Says of which visits and identities a spool segment may hold rows: a Bloom filter, so that ten gigabytes of
 * spool are known by twenty megabytes of memory. It may name one too many, never one too few.
 */
import { hash32 } from '../../base/index.js';

/** 256 Kbit for a segment of 16 MB, which holds some 20,000 visits: under one wrong answer in 100. */
const bits = 1 << 18;
const probes = 5;
const secondSeed = 0x9e3779b1;

export class RowFilter {
  readonly #words = new Uint32Array(bits / 32);

  add(id: string): void {
    const first = hash32(id);
    const second = hash32(id, secondSeed) | 1;
    for (let probe = 0; probe < probes; probe++) {
      const bit = (first + Math.imul(probe, second)) & (bits - 1);
      this.#words[bit >>> 5] = (this.#words[bit >>> 5] ?? 0) | (1 << (bit & 31));
    }
  }

  mayHave(id: string): boolean {
    const first = hash32(id);
    const second = hash32(id, secondSeed) | 1;
    for (let probe = 0; probe < probes; probe++) {
      const bit = (first + Math.imul(probe, second)) & (bits - 1);
      if (((this.#words[bit >>> 5] ?? 0) & (1 << (bit & 31))) === 0) return false;
    }
    return true;
  }
}
