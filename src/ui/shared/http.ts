/** One way to ask the server: JSON both ways, a time limit, and errors that say what a person can do. */

export interface HttpAnswer {
  body: unknown;
  /** The server's clock by its `Date` header, epoch milliseconds in whole seconds; null without one. */
  serverTime: number | null;
}

/** The server refused, or did not answer (`status` 0). */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly status: number;
  /** Names the request in the server's log, or null. */
  readonly requestId: string | null;
  /** How long the server asks to wait, or null. */
  readonly retryAfterMs: number | null;

  constructor(
    status: number,
    message: string,
    told: { requestId?: string | null; retryAfterMs?: number | null } = {},
  ) {
    super(message);
    this.status = status;
    this.requestId = told.requestId ?? null;
    this.retryAfterMs = told.retryAfterMs ?? null;
  }

  /** Whether the same request may succeed later without change. */
  get passing(): boolean {
    return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 500;
  }
}

export type Http = (method: 'GET' | 'POST', path: string, body?: unknown) => Promise<HttpAnswer>;

/** The part of `fetch` that is used. */
export type Fetcher = (
  path: string,
  init: {
    method: string;
    credentials: 'same-origin';
    cache: 'no-store';
    headers: Record<string, string>;
    body?: string;
    signal: AbortSignal;
  },
) => Promise<Response>;

/** Asks this page's own origin with its cookies. Rejects with `HttpError` only. */
export function createHttp(fetcher: Fetcher, timeoutMs = 15_000): Http {
  return async (method, path, body) => {
    const response = await fetcher(path, {
      method,
      credentials: 'same-origin',
      cache: 'no-store',
      headers: body === undefined ? {} : { 'Content-Type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(timeoutMs),
    }).catch((error: unknown) => {
      throw new HttpError(0, error instanceof Error ? error.message : 'no answer');
    });
    const parsed: unknown = await response.json().catch(() => null);
    if (!response.ok) throw refusal(response, parsed);
    return { body: parsed, serverTime: timeOf(response.headers.get('Date')) };
  };
}

function refusal(response: Response, body: unknown): HttpError {
  const told = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  const message = typeof told.message === 'string' ? told.message : `HTTP ${response.status}`;
  const inBody = typeof told.requestId === 'string' ? told.requestId : null;
  const requestId = inBody ?? response.headers.get('X-Request-Id');
  return new HttpError(response.status, message, { requestId, retryAfterMs: waitOf(response) });
}

/** `Retry-After` is in seconds here; its date form is not used by the server. */
function waitOf(response: Response): number | null {
  const seconds = Number(response.headers.get('Retry-After') ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1_000 : null;
}

function timeOf(date: string | null): number | null {
  const time = date === null ? Number.NaN : Date.parse(date);
  return Number.isNaN(time) ? null : time;
}
