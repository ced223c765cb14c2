/** What became of a request, for those who ask for one and those who make it. */
export interface Answer {
  /** HTTP status; 0 when there was no usable answer (offline, timed out, not JSON). */
  status: number;
  body: unknown;
  retryAfterMs: number;
}
