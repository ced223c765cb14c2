/**
 * Where no credentials are configured, what is kept of visitors is shown to callers on the node's own machine
 * and to nobody else: an open history must be somebody's decision, not his oversight.
 */
import type { onRequestHookHandler } from 'fastify';
import { AppError, isOwnMachine } from '../../base/index.js';
import { isForeign, isOwnName } from './foreign-pages.js';

export const ownMachineOnly: onRequestHookHandler = (request, _reply, done) => {
  // A proxy on this machine that nobody named as trusted speaks for strangers.
  const isProxied = request.headers['x-forwarded-for'] !== undefined;
  if (request.is404) done();
  else if (!isOwnMachine(request.ip) || isProxied) {
    const message =
      'From another machine this needs credentials, and none are configured (security/auth-scheme).';
    done(new AppError('UNAUTHENTICATED', message));
  } else if (isForeign(request) || !isOwnName(request.headers.host)) {
    done(new AppError('FORBIDDEN', 'Without credentials pages of other sites may not ask this.'));
  } else done();
};
