/**
 * Requests to the server. They never reject and always end, so that callers have one kind of outcome to
 * handle.
 */
import { type Answer, isSettled } from './answer.js';
import { createBackoff } from './backoff.js';

export interface RequestOptions {
  /** Posted as JSON; without it the request is a GET. */
  json?: unknown;
  /** Lets the request outlive the page. */
  keepalive?: boolean;
  timeoutMs?: number;
  abort?: AbortController;
}

const timeoutMsDefault = 15_000;

/** Sends one request with the cookies that keep a visitor on one node. */
export async function request(url: string, options: RequestOptions = {}): Promise<Answer> {
  const { json, keepalive = false, timeoutMs = timeoutMsDefault, abort = new AbortController() } = options;
  const timer = setTimeout(() => {
    abort.abort();
  }, timeoutMs);
  try {
    const response = await fetch(url, {
      credentials: 'include',
      cache: 'no-store',
      keepalive,
      signal: abort.signal,
      ...(json !== undefined && {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(json),
      }),
    });
    const text = await response.text();
    const { status } = response;
    const retryAfterMs = Number(response.headers.get('Retry-After')) * 1_000 || 0;
    // An error page may be HTML; only a success must be JSON.
    return { status, body: status < 300 && text !== '' ? JSON.parse(text) : undefined, retryAfterMs };
  } catch {
    return { status: 0, body: undefined, retryAfterMs: 0 };
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Asks until the server has decided, or until what `isOver` calls the end; between tries it waits 1 to 30 s.
 */
export async function requestUntilSettled(
  url: string,
  options: RequestOptions,
  isOver: (answer: Answer) => boolean = isSettled,
): Promise<Answer> {
  const backoff = createBackoff(1_000, 30_000);
  for (;;) {
    const answer = await request(url, options);
    if (isOver(answer)) return answer;
    await new Promise((resolve) => setTimeout(resolve, backoff.nextMs(answer.retryAfterMs)));
  }
}
