/** Headers and error bodies that all answers share. */
import { errorTable, type ErrorCode } from '../../../base/index.js';
import type { Headers } from '../options.js';
import type { HeaderList } from '../wire/wire.js';

/**
 * JSON unless said otherwise; browsers must not guess another type out of a visitor's text, nor keep what is
 * his on a computer that others use.
 */
export const jsonHeaders: HeaderList = [
  'content-type',
  'application/json',
  'x-content-type-options',
  'nosniff',
  'cache-control',
  'no-store',
];

/** For documents, which a browser shows and may frame. */
export const pageHeaders: HeaderList = [
  'x-content-type-options',
  'nosniff',
  'x-frame-options',
  'SAMEORIGIN',
  'referrer-policy',
  'strict-origin-when-cross-origin',
];

/** A browser that has seen them speaks nothing but TLS to this host for so long; none for 0. */
export function strictTransportHeaders(seconds: number): HeaderList {
  return seconds === 0 ? [] : ['strict-transport-security', `max-age=${seconds}`];
}

/**
 * `headers` over `defaults`. Line breaks, which would start a header of a visitor's making, become spaces.
 */
export function listHeaders(headers: Headers, defaults: HeaderList): string[] {
  const list: string[] = [];
  const given = new Set<string>();
  for (const [name, value] of Object.entries(headers)) {
    const lowerName = name.toLowerCase();
    given.add(lowerName);
    list.push(lowerName, oneLine(value));
  }
  for (let index = 0; index + 1 < defaults.length; index += 2) {
    const name = defaults[index] ?? '';
    if (!given.has(name)) list.push(name, defaults[index + 1] ?? '');
  }
  return list;
}

export function oneLine(value: string): string {
  return /[\r\n\0]/.test(value) ? value.replace(/[\r\n\0]+/g, ' ') : value;
}

const codeByStatus = {
  400: 'BAD_REQUEST',
  404: 'NOT_FOUND',
  405: 'METHOD_NOT_ALLOWED',
  408: 'BAD_REQUEST',
  413: 'TOO_LARGE',
  415: 'UNSUPPORTED_MEDIA_TYPE',
  429: 'TOO_MANY_REQUESTS',
  500: 'INTERNAL',
  503: 'OVERLOADED',
} as const satisfies Record<number, ErrorCode>;

export type EdgeErrorStatus = keyof typeof codeByStatus;

/** The body of an error that the edge itself answers, from the one table of errors. */
export function errorBody(status: EdgeErrorStatus): string {
  const code = codeByStatus[status];
  const message = status === 408 ? 'The body did not arrive in time.' : errorTable[code].meaning;
  return JSON.stringify({ error: code, message });
}

/** Seconds after which somebody who asked too often may ask again. */
export const retryHeaders: Headers = { 'retry-after': '1' };

/** A few compressed bytes may become any number: no body is unpacked here, so none is taken. */
export function isCompressed(contentEncoding: string): boolean {
  return contentEncoding !== '' && contentEncoding.toLowerCase() !== 'identity';
}
