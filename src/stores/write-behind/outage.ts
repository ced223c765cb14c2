/**
 * Whether a sink is away, as an operator is told: steadier than whether its last write failed, because a
 * server that comes back takes some writes and fails others until it is warm and sees its neighbours.
 *
 *     well --a write fails--> away --writes succeed for `steadyMs` without a failure--> well
 */

/** Longer than a database that starts takes between two failures. */
export const steadyMs = 5_000;

export class Outage {
  #isAway = false;
  /** The first success after the last failure. */
  #steadySinceMs: number | undefined;

  failed(): void {
    this.#isAway = true;
    this.#steadySinceMs = undefined;
  }

  succeeded(nowMs: number): void {
    this.#steadySinceMs ??= nowMs;
    this.#endWhenSteady(nowMs);
  }

  /** While a write is under way it may be about to fail, and only its end says more. */
  isAway(nowMs: number, isWriting: boolean): boolean {
    if (!isWriting) this.#endWhenSteady(nowMs);
    return this.#isAway;
  }

  #endWhenSteady(nowMs: number): void {
    if (this.#steadySinceMs !== undefined && nowMs - this.#steadySinceMs >= steadyMs) this.#isAway = false;
  }
}
