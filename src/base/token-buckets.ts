/**
 * Rates per key, for any number of keys in bounded memory. A key may take `burst` at once and `perSecond`
 * from then on. Keys that were not used for long are forgotten, which fills their buckets.
 */

export interface TokenBucketsOptions {
  perSecond: number;
  burst: number;
  /** Keys remembered, at most twice as many. */
  keysMax: number;
}

interface Bucket {
  tokens: number;
  atMs: number;
}

export class TokenBuckets {
  readonly #perMs: number;
  readonly #burst: number;
  readonly #keysMax: number;
  /** Two generations: a full young one becomes the old one, and what nobody asked for again falls away. */
  #young = new Map<string, Bucket>();
  #old = new Map<string, Bucket>();

  constructor({ perSecond, burst, keysMax }: TokenBucketsOptions) {
    this.#perMs = perSecond / 1_000;
    this.#burst = burst;
    this.#keysMax = keysMax;
  }

  /** Keys remembered now. */
  get size(): number {
    return this.#young.size + this.#old.size;
  }

  /** Takes `count` for `key`; false, and nothing is taken, when the key has less. `nowMs` never goes back. */
  take(key: string, count: number, nowMs: number): boolean {
    let bucket = this.#young.get(key);
    if (bucket === undefined) {
      bucket = this.#old.get(key) ?? { tokens: this.#burst, atMs: nowMs };
      this.#remember(key, bucket);
    }
    bucket.tokens = Math.min(this.#burst, bucket.tokens + (nowMs - bucket.atMs) * this.#perMs);
    bucket.atMs = nowMs;
    if (bucket.tokens < count) return false;
    bucket.tokens -= count;
    return true;
  }

  #remember(key: string, bucket: Bucket): void {
    if (this.#young.size >= this.#keysMax) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, bucket);
  }
}
