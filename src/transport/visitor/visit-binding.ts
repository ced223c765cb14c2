/**
 * Ties visits to browsers. A bound visit's id is made with a secret that only its browser has, in an HttpOnly
 * cookie: half of the id is a keyed hash of the other half and that secret, so every node can tell, with
 * nothing stored, whether a request comes from the visit's own browser. Who merely knows the id gets nowhere.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { AppError } from '../../base/index.js';
import type { EdgeRequest } from '../edge/index.js';

export interface VisitBinding {
  /** A new id for a visit of this browser, and the cookie to set when the browser has no secret yet. */
  mint(request: EdgeRequest): { visitID: string; cookie: string | undefined };
  /** Whether whoever sent `cookies` may read and write the visit. */
  allows(visitID: string, cookies: string | undefined): boolean;
  /** Throws FORBIDDEN where `allows` is false. */
  check(visitID: string, request: EdgeRequest): void;
}

export interface VisitBindingOptions {
  /** Key of the hash; the same on all nodes. */
  key: Buffer;
  /**
   * Whether every visit is bound. Otherwise only those of browsers that ask for it and keep cookies; the
   * others' ids are unguessable, and no more.
   */
  isRequired: boolean;
  /** A new id, 32 upper-case hex digits. */
  randomId(): string;
  /** Draws until the id of a new visit suits; default: the first. */
  choose?(draw: () => string): string;
}

/** What a bound visit's id begins with. */
const mark = 'BEC0';
const boundPattern = /^BEC0[0-9A-F]{28}$/;
const nonceLength = 14;
const hashLength = 14;
/**
 * A browser that opens two tabs at once may be given two secrets, so each has a cookie of its own. A name
 * ends in the beginning of its secret's hash, not of the secret.
 */
const cookiePattern = /(?:^|; *)BECKON_BROWSER_[0-9a-f]{4}=([A-Za-z0-9_-]{32})(?=;|$)/g;
const secretBytes = 24;
const secretsMax = 8;
const knownMax = 20_000;

/** Headers that a route must list for `mint` and `check`. */
export const bindingHeaders = ['cookie', 'sec-fetch-site', 'origin', 'host', 'x-forwarded-proto'] as const;

export function createVisitBinding(options: VisitBindingOptions): VisitBinding {
  const { key, isRequired, randomId, choose = (draw: () => string) => draw() } = options;
  /** Secrets that have been found to be right. */
  const known = new LRUCache<string, string>({ max: knownMax });

  function hashOf(nonce: string, secret: string): string {
    const hash = createHmac('sha256', key).update(`visit ${nonce} ${secret}`).digest('hex');
    return hash.slice(0, hashLength).toUpperCase();
  }

  function isOf(visitID: string, secret: string): boolean {
    const split = mark.length + nonceLength;
    const expected = hashOf(visitID.slice(mark.length, split), secret);
    return timingSafeEqual(Buffer.from(expected), Buffer.from(visitID.slice(split)));
  }

  function allows(visitID: string, cookies: string | undefined): boolean {
    if (!boundPattern.test(visitID)) return !isRequired;
    for (const secret of secretsIn(cookies)) {
      if (known.get(visitID) === secret) return true;
      if (!isOf(visitID, secret)) continue;
      known.set(visitID, secret);
      return true;
    }
    return false;
  }

  return {
    allows,
    check(visitID, request) {
      if (allows(visitID, request.header('cookie'))) return;
      throw new AppError('FORBIDDEN', 'This visit belongs to another browser.', { field: 'visitID' });
    },
    mint(request) {
      if (!isRequired && !keepsCookies(request)) {
        return { visitID: choose(() => unboundId(randomId)), cookie: undefined };
      }
      const [had] = secretsIn(request.header('cookie'));
      const secret = had ?? randomBytes(secretBytes).toString('base64url');
      const visitID = choose(() => {
        const nonce = randomId().slice(0, nonceLength);
        return mark + nonce + hashOf(nonce, secret);
      });
      return { visitID, cookie: had === undefined ? cookieOf(secret, request) : undefined };
    },
  };
}

/** An id that nobody can take for a bound one. */
function unboundId(randomId: () => string): string {
  for (;;) {
    const id = randomId();
    if (!id.startsWith(mark)) return id;
  }
}

function secretsIn(cookies: string | undefined): string[] {
  if (cookies === undefined) return [];
  const secrets: string[] = [];
  for (const [, secret] of cookies.matchAll(cookiePattern)) {
    if (secret !== undefined && secrets.push(secret) >= secretsMax) break;
  }
  return secrets;
}

/**
 * The page asks for a bound visit, and is of the server's own site: to other sites' pages browsers do not
 * give the cookie back.
 */
function keepsCookies(request: EdgeRequest): boolean {
  if (request.query('bind') !== 'cookie') return false;
  const site = request.header('sec-fetch-site');
  if (site !== undefined) return site === 'same-origin' || site === 'same-site';
  const origin = request.header('origin');
  // A page's own origin goes unsaid with a GET.
  if (origin === undefined) return true;
  const host = `http://${request.header('host') ?? ''}`;
  return URL.canParse(origin) && URL.canParse(host) && new URL(origin).hostname === new URL(host).hostname;
}

function cookieOf(secret: string, request: EdgeRequest): string {
  const suffix = createHmac('sha256', 'cookie name').update(secret).digest('hex').slice(0, 4);
  const secure = request.isSecure ? '; Secure' : '';
  return `BECKON_BROWSER_${suffix}=${secret}; Path=/server; HttpOnly; SameSite=Lax${secure}`;
}
