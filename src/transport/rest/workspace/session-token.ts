/**
 * Who is logged in to the workspace, as a signed cookie: `user.expiresAt.signature`, HMAC-SHA-256 with the
 * node's secret. It needs no table, so a session outlives a restart of the server.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';

export const sessionCookieName = 'BECKON_SESSION';

export interface SessionTokens {
  /** How long a token is valid from its issue. */
  readonly lifetimeMs: number;
  issue(user: string, nowMs: number): string;
  /** The user of a valid token; undefined for a forged, foreign or expired one. */
  verify(token: string | undefined, nowMs: number): string | undefined;
}

export function createSessionTokens(secret: Buffer, lifetimeMs: number): SessionTokens {
  function sign(text: string): Buffer {
    return createHmac('sha256', secret).update(text).digest();
  }
  return {
    lifetimeMs,
    issue(user, nowMs) {
      const text = `${Buffer.from(user, 'utf8').toString('base64url')}.${nowMs + lifetimeMs}`;
      return `${text}.${sign(text).toString('base64url')}`;
    },
    verify(token, nowMs) {
      const [user, expiresAt, signature, ...rest] = token?.split('.') ?? [];
      if (user === undefined || expiresAt === undefined || signature === undefined || rest.length > 0)
        return undefined;
      const given = Buffer.from(signature, 'base64url');
      const expected = sign(`${user}.${expiresAt}`);
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
      return Number(expiresAt) > nowMs ? Buffer.from(user, 'base64url').toString('utf8') : undefined;
    },
  };
}
