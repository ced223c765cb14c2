/** What became of a request, for those who ask for one and those who make it. */
export interface Answer {
  /** HTTP status; 0 when there was no usable answer (offline, timed out, not JSON). */
  status: number;
  body: unknown;
  retryAfterMs: number;
}

/** Whether the server has decided, so that asking again would change nothing. */
export function isSettled({ status }: Answer): boolean {
  return status >= 200 && status < 500 && status !== 408 && status !== 429;
}
