/**
 * The sticky cookie: it tells a balancer which node serves the visit, so that the next request needs no
 * second hop. The server of a visit changes when nodes come and go, and the cookie with it.
 */
import type { EdgeRequest, Headers } from '../edge/index.js';

/** As the guide's balancer configurations spell it; its text has GWROUTEID too. */
export const stickyCookieName = 'GWEROUTEID';

const pattern = new RegExp(`(?:^|;\\s*)${stickyCookieName}=([^;]*)`);

export interface Sticky {
  /** Counts a request that the balancer should have brought to another node. */
  check(request: EdgeRequest): void;
  /**
   * What the answer must say so that the next request comes to `servedBy` (default: this node), if
   * anything.
   */
  headers(request: EdgeRequest, servedBy?: string): Headers | undefined;
}

export interface StickyOptions {
  /** Application name of this node. */
  node: string;
  onMisrouted(cookie: string): void;
}

export function createSticky({ node, onMisrouted }: StickyOptions): Sticky {
  function cookieOf(request: EdgeRequest): string | undefined {
    return pattern.exec(request.header('cookie') ?? '')?.[1];
  }

  return {
    check(request) {
      const cookie = cookieOf(request);
      if (cookie !== undefined && cookie !== `.${node}`) onMisrouted(cookie.slice(0, 100));
    },
    headers(request, servedBy = node) {
      const value = `.${servedBy}`;
      if (cookieOf(request) === value) return undefined;
      const secure = request.isSecure ? '; Secure' : '';
      return { 'set-cookie': `${stickyCookieName}=${value}; Path=/; HttpOnly; SameSite=Lax${secure}` };
    },
  };
}
