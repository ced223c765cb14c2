/**
 * HTTP Basic for the History REST API (options of section `security`), compared without telling how near a
 * guess is.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { onRequestHookHandler } from 'fastify';
import { AppError } from '../../../base/index.js';
import { createLoginLimit } from '../login-limit.js';

export interface HistorySecurity {
  readonly 'auth-scheme': 'none' | 'basic';
  readonly 'user-id'?: string | undefined;
  readonly password?: string | undefined;
}

/**
 * The check of every request, or undefined when there is none. After a few wrong passwords an address has to
 * wait. Throws BAD_REQUEST for a scheme without both
 * credentials: serving the history to everybody is not what someone who asked for a password meant.
 */
export function basicAuthentication(
  security: HistorySecurity,
  nowMs: () => number,
): onRequestHookHandler | undefined {
  if (security['auth-scheme'] === 'none') return undefined;
  const { 'user-id': user, password } = security;
  if (user === undefined || user === '' || password === undefined || password === '') {
    throw new AppError('BAD_REQUEST', 'security/auth-scheme is basic, which needs user-id and password too');
  }
  const expected = digest(`${user}:${password}`);
  const limit = createLoginLimit();
  return (request, reply, done) => {
    const keys = [request.ip];
    if (!limit.allows(keys, nowMs())) {
      done(new AppError('TOO_MANY_REQUESTS', 'Too many wrong passwords; wait a minute.'));
      return;
    }
    const [, encoded] = /^basic +([A-Za-z0-9+/]+=*) *$/i.exec(request.headers.authorization ?? '') ?? [];
    const given = encoded === undefined ? '' : Buffer.from(encoded, 'base64').toString('utf8');
    if (timingSafeEqual(digest(given), expected)) {
      limit.succeeded(keys);
      done();
      return;
    }
    // A request without credentials is how a browser asks for them, and no guess.
    if (encoded !== undefined) limit.failed(keys, nowMs());
    reply.header('www-authenticate', 'Basic realm="history", charset="UTF-8"');
    done(new AppError('UNAUTHENTICATED', 'The history needs a user name and a password.'));
  };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
