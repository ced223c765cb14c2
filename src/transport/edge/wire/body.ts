/** Gathers a request's body under its own limit, the limit of all bodies together, and a time limit. */
import { discardBytesMax, type BodyProblem, type WireLimits } from './wire.js';

/** All bodies that are still coming, oldest first, so that the sweep stops at the first one in time. */
export interface PendingBodies {
  readonly limits: WireLimits;
  readonly readers: Set<BodyReader>;
  bytes: number;
}

export class BodyReader {
  readonly startedMs: number;
  readonly #pending: PendingBodies;
  readonly #bytesMax: number;
  #onBody: (body: Buffer) => void;
  #onProblem: (status: BodyProblem) => void;
  #chunks: Buffer[] = [];
  #size = 0;
  #problem: BodyProblem | 0 = 0;
  #isDone = false;

  constructor(
    pending: PendingBodies,
    bytesMax: number,
    nowMs: number,
    onBody: (body: Buffer) => void,
    onProblem: (status: BodyProblem) => void,
  ) {
    this.#pending = pending;
    this.#bytesMax = bytesMax;
    this.startedMs = nowMs;
    this.#onBody = onBody;
    this.#onProblem = onProblem;
    pending.readers.add(this);
  }

  /** Takes a copy of `chunk`, which belongs to the caller. */
  take(chunk: Uint8Array, isLast: boolean): void {
    if (this.#isDone) return;
    const before = this.#size;
    this.#size += chunk.length;
    if (this.#problem === 0 && this.#size > this.#bytesMax) this.#refuse(413, before);
    if (this.#problem !== 0) {
      if (isLast || this.#size > this.#bytesMax + discardBytesMax) this.#finish();
      return;
    }
    if (isLast) {
      const last = Buffer.from(chunk);
      const body = this.#chunks.length === 0 ? last : Buffer.concat([...this.#chunks, last]);
      const onBody = this.#onBody;
      this.#release(before);
      onBody(body);
      return;
    }
    this.#chunks.push(Buffer.from(chunk));
    this.#pending.bytes += chunk.length;
    if (this.#pending.bytes > this.#pending.limits.pendingBodyBytesMax) this.#refuse(503, this.#size);
  }

  /** The rest did not come in time. */
  expire(): void {
    if (this.#isDone) return;
    if (this.#problem === 0) this.#refuse(408, this.#size);
    this.#finish();
  }

  /** The client went away. */
  abort(): void {
    if (!this.#isDone) this.#release(this.#problem === 0 ? this.#size : 0);
  }

  #refuse(problem: BodyProblem, heldBytes: number): void {
    this.#problem = problem;
    this.#chunks = [];
    this.#pending.bytes -= heldBytes;
  }

  #finish(): void {
    const onProblem = this.#onProblem;
    this.#release(0);
    if (this.#problem !== 0) onProblem(this.#problem);
  }

  /** Whoever waits long for an answer, as a poll does, keeps nothing alive of how its body came. */
  #release(heldBytes: number): void {
    this.#isDone = true;
    this.#chunks = [];
    this.#onBody = nothing;
    this.#onProblem = nothing;
    this.#pending.bytes -= heldBytes;
    this.#pending.readers.delete(this);
  }
}

const nothing = (): void => undefined;

export function newPendingBodies(limits: WireLimits): PendingBodies {
  return { limits, readers: new Set(), bytes: 0 };
}

export function expireBodies(pending: PendingBodies, nowMs: number): void {
  for (const reader of pending.readers) {
    if (nowMs - reader.startedMs < pending.limits.bodyTimeoutMs) return;
    reader.expire();
  }
}
