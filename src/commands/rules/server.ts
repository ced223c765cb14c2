/** Asks a running server over HTTP, with a bound on time and size, and turns its refusals into one line. */
import { UsageError } from '../command.js';
import { VerbFailure } from './verb.js';

export const deployUrlDefault = 'http://127.0.0.1:9083';
export const siteUrlDefault = 'http://127.0.0.1:9081';

const timeoutMs = 30_000;

/** The base address of `--url`, without a slash at the end. Throws `UsageError` when it is none. */
export function baseUrl(text: string): string {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new UsageError(`--url must be an address such as ${deployUrlDefault}; it is "${text}"`);
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new UsageError('--url must begin with http:// or https://');
  return `${url.origin}${url.pathname.replace(/\/(server(\/.*)?)?$/, '')}`;
}

export interface ServerError {
  error: string;
  message: string;
}

export type Answer<Value> = { ok: true; value: Value } | { ok: false; status: number; body: ServerError };

export interface ServerRequest {
  method?: 'GET' | 'POST' | 'DELETE';
  body?: string;
  contentType?: string;
  cookie?: string;
  signal?: AbortSignal;
}

/** Throws `VerbFailure` when nobody answers, or what answers is no Beckon. */
export async function send(base: string, path: string, request: ServerRequest = {}): Promise<Response> {
  const { method = 'GET', body, contentType = 'text/plain; charset=utf-8', cookie, signal } = request;
  try {
    return await fetch(`${base}${path}`, {
      method,
      ...(body === undefined ? {} : { body }),
      headers: {
        ...credentials(),
        ...(body === undefined ? {} : { 'content-type': contentType }),
        ...(cookie === undefined ? {} : { cookie }),
      },
      redirect: 'error',
      signal: signal ?? AbortSignal.timeout(timeoutMs),
    });
  } catch (error) {
    const { name, cause, message } = error as Error & { cause?: { code?: string; message?: string } };
    const reason =
      name === 'TimeoutError'
        ? `no answer within ${timeoutMs / 1_000} s`
        : (cause?.code ?? cause?.message ?? message);
    throw new VerbFailure(`The server at ${base} cannot be reached: ${reason}.`);
  }
}

/**
 * For a server with `security/auth-scheme: basic`: user name and password out of the environment, where no
 * list of processes shows them.
 */
function credentials(): Record<string, string> {
  const { BECKON_USER: user, BECKON_PASSWORD: password } = process.env;
  if (user === undefined || password === undefined) return {};
  return { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` };
}

export async function ask<Value>(
  base: string,
  path: string,
  request?: ServerRequest,
): Promise<Answer<Value>> {
  const response = await send(base, path, request);
  let value: unknown;
  try {
    value = JSON.parse(await response.text());
  } catch {
    throw new VerbFailure(`${base}${path} answered ${response.status}, but not as Beckon does.`);
  }
  if (response.ok) return { ok: true, value: value as Value };
  return { ok: false, status: response.status, body: value as ServerError };
}

/** The answer's value. Throws `VerbFailure` with the server's own words for a refusal. */
export async function mustAsk<Value>(base: string, path: string, request?: ServerRequest): Promise<Value> {
  const answer = await ask<Value>(base, path, request);
  if (answer.ok) return answer.value;
  throw new VerbFailure(answer.body.message);
}
