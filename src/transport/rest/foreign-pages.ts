/**
 * Keeps other sites' pages away from doors that ask for no password: a browser on this machine would carry
 * their requests here, and give them the answers.
 */
import { hostname } from 'node:os';
import { isIP } from 'node:net';
import type { FastifyRequest, onRequestHookHandler } from 'fastify';
import { AppError } from '../../base/index.js';

export const refuseForeignPages: onRequestHookHandler = (request, _reply, done) => {
  if (isForeign(request)) done(new AppError('FORBIDDEN', 'Pages of other sites may not use this port.'));
  else done();
};

/** Tools send no `Origin`; a page of ours has the host it asks. */
export function isForeign({ headers }: FastifyRequest): boolean {
  const { origin, host } = headers;
  if (headers['sec-fetch-site'] === 'cross-site') return true;
  return origin !== undefined && origin !== `http://${host ?? ''}` && origin !== `https://${host ?? ''}`;
}

/**
 * Whether `host`, as a request says it, means this machine: an address, its own name, or `localhost`. A page
 * can have the name of its own site lead to this machine's address, and then it counts as the page of this
 * server; but it cannot choose the name.
 */
export function isOwnName(host: string | undefined): boolean {
  if (host === undefined || !URL.canParse(`http://${host}`)) return false;
  const name = new URL(`http://${host}`).hostname.replace(/^\[(.*)\]$/, '$1');
  return isIP(name) !== 0 || name === 'localhost' || name === hostname().toLowerCase();
}
