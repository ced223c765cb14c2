/**
 * JSON as a script for pages of other sites (option `web/jsonp.whiteList`): such a script tag sends the
 * visitor's cookies and asks nobody, so only paths that the operator named answer it.
 */
import { AppError } from '../../../base/index.js';
import { isCallbackName, wrapCallback } from '../../bayeux/index.js';
import type { EdgeRequest, Headers } from '../options.js';
import { pathTest } from './path-patterns.js';

/** What a request asks for: plain JSON, a script that calls `name`, or something that it may not have. */
export type JsonpWish =
  { kind: 'none' } | { kind: 'call'; name: string } | { kind: 'refuse'; status: number; body: string };

export type Jsonp = (request: Pick<EdgeRequest, 'method' | 'path' | 'queryText' | 'query'>) => JsonpWish;

const none: JsonpWish = { kind: 'none' };
const parameters = ['callback', 'jsonp'] as const;

function refuse(code: 'FORBIDDEN' | 'BAD_REQUEST', field: string, message: string): JsonpWish {
  const error = new AppError(code, message, { field });
  return { kind: 'refuse', status: error.status, body: JSON.stringify(error.toBody()) };
}

/** `whiteList` has path patterns. */
export function createJsonp(whiteList: readonly string[]): Jsonp {
  const isListed = pathTest(whiteList);
  return (request) => {
    if (request.method !== 'GET' || request.queryText === '') return none;
    const parameter = parameters.find((name) => request.query(name) !== undefined);
    if (parameter === undefined) return none;
    if (!isListed(request.path)) {
      return refuse('FORBIDDEN', parameter, 'JSONP is not allowed here (option web/jsonp.whiteList).');
    }
    const name = request.query(parameter) ?? '';
    if (isCallbackName(name)) return { kind: 'call', name };
    return refuse('BAD_REQUEST', parameter, 'A callback is the name of a function.');
  };
}

const scriptType: Headers = { 'content-type': 'text/javascript;charset=UTF-8' };

/** A JSON answer as a call of `name`; one of another type stays as it is. */
export function asScript(
  name: string,
  body: string | Buffer,
  headers: Headers | undefined,
): { body: string | Buffer; headers: Headers | undefined } {
  const type = headers?.['content-type'] ?? 'application/json';
  if (!type.startsWith('application/json')) return { body, headers };
  return { body: wrapCallback(name, body.toString()), headers: { ...headers, ...scriptType } };
}
