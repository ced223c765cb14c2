/**
 * Keeps other sites' pages away from the rule deployment port: a rule text is what any form can send, and the
 * port asks for no password, so a browser that says it acts for another site is refused.
 */
import type { FastifyRequest, onRequestHookHandler } from 'fastify';
import { AppError } from '../../../base/index.js';

export const refuseForeignPages: onRequestHookHandler = (request, _reply, done) => {
  if (isForeign(request)) done(new AppError('FORBIDDEN', 'Pages of other sites may not use this port.'));
  else done();
};

/** Tools send no `Origin`; a page of ours has the host it asks. */
function isForeign({ headers }: FastifyRequest): boolean {
  const { origin, host } = headers;
  if (headers['sec-fetch-site'] === 'cross-site') return true;
  return origin !== undefined && origin !== `http://${host ?? ''}` && origin !== `https://${host ?? ''}`;
}
