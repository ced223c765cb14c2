/** Time as an argument. Shells get a `Clock`; machines get `nowMs`. */
export interface Clock {
  /** Wall clock, epoch milliseconds. */
  nowMs(): number;
  /** Monotonic milliseconds, for durations and leases. */
  monotonicMs(): number;
}
