/** Visits tied to browsers: who may use which id, and which pages are offered it. */
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { isId } from '../../../src/model/index.js';
import type { EdgeRequest } from '../../../src/transport/edge/index.js';
import { createVisitBinding } from '../../../src/transport/visitor/index.js';

const randomId = (): string => randomBytes(16).toString('hex').toUpperCase();
const key = Buffer.from('a key for tests');
const offered = createVisitBinding({ key, isRequired: false, randomId });

function request(
  headers: Record<string, string> = {},
  { bind = 'cookie', isSecure = false }: { bind?: string; isSecure?: boolean } = {},
): EdgeRequest {
  const query = (name: string): string | undefined => (name === 'bind' ? bind : undefined);
  return { query, header: (name: string) => headers[name], isSecure } as unknown as EdgeRequest;
}

/** As a browser sends it back. */
const pair = (cookie: string | undefined): string => cookie?.split(';')[0] ?? '';

describe('a bound visit', () => {
  it('is for the browser that has the cookie, on every node with the key', () => {
    const { visitID, cookie } = offered.mint(request({ 'sec-fetch-site': 'same-origin' }));
    expect(visitID).toMatch(/^[0-9A-F]{32}$/);
    expect(isId(visitID)).toBe(true);
    expect(cookie).toMatch(/^BECKON_BROWSER_[0-9a-f]{4}=[\w-]{32}; Path=\/server; HttpOnly; SameSite=Lax$/);
    const other = createVisitBinding({ key, isRequired: false, randomId });
    for (const node of [offered, other]) {
      expect(node.allows(visitID, `a=b; ${pair(cookie)}; c=d`)).toBe(true);
      expect(node.allows(visitID, undefined)).toBe(false);
      expect(node.allows(visitID, '')).toBe(false);
    }
    const stranger = offered.mint(request({ 'sec-fetch-site': 'same-origin' }));
    expect(offered.allows(visitID, pair(stranger.cookie))).toBe(false);
    const elsewhere = createVisitBinding({ key: Buffer.from('another key'), isRequired: false, randomId });
    expect(elsewhere.allows(visitID, pair(cookie))).toBe(false);
  });

  it('is not forged by changing any one digit', () => {
    const { visitID, cookie } = offered.mint(request());
    for (let at = 4; at < visitID.length; at++) {
      const digit = visitID[at] === '0' ? '1' : '0';
      const forged = visitID.slice(0, at) + digit + visitID.slice(at + 1);
      expect(offered.allows(forged, pair(cookie))).toBe(false);
    }
  });

  it('shares its cookie with the next visits of the browser, and survives a second one', () => {
    const first = offered.mint(request());
    const again = offered.mint(request({ cookie: pair(first.cookie) }));
    expect(again.cookie).toBeUndefined();
    expect(again.visitID).not.toBe(first.visitID);
    expect(offered.allows(again.visitID, pair(first.cookie))).toBe(true);
    const secondTab = offered.mint(request());
    const both = `${pair(secondTab.cookie)}; ${pair(first.cookie)}`;
    for (const { visitID } of [first, again, secondTab]) expect(offered.allows(visitID, both)).toBe(true);
  });

  it('has a cookie for TLS alone when it came over TLS', () => {
    expect(offered.mint(request({}, { isSecure: true })).cookie).toMatch(/; Secure$/);
  });
});

describe('a page', () => {
  it.each([
    [{ 'sec-fetch-site': 'same-site' }, true],
    [{ 'sec-fetch-site': 'cross-site' }, false],
    [{ 'sec-fetch-site': 'none' }, false],
    [{ host: 'gwe.example:9081' }, true],
    [{ host: 'shop.example:9081', origin: 'http://shop.example' }, true],
    [{ host: 'gwe.example:9081', origin: 'http://shop.example' }, false],
    [{ host: 'gwe.example', origin: 'null' }, false],
  ] as [Record<string, string>, boolean][])('with %j is offered a bound visit: %s', (headers, isBound) => {
    expect(offered.mint(request(headers)).cookie !== undefined).toBe(isBound);
    expect(offered.mint(request(headers, { bind: '' })).cookie).toBeUndefined();
  });

  it('without one has an id that nobody takes for a bound one', () => {
    const { visitID } = offered.mint(request({}, { bind: '' }));
    expect(offered.allows(visitID, undefined)).toBe(true);
    let drawn = 0;
    const ids = ['BEC0' + 'A'.repeat(28), 'B'.repeat(32)];
    const unlucky = createVisitBinding({ key, isRequired: false, randomId: () => ids[drawn++] ?? '' });
    expect(unlucky.mint(request({}, { bind: '' })).visitID).toBe('B'.repeat(32));
  });

  it('gets nothing else where binding is required', () => {
    const required = createVisitBinding({ key, isRequired: true, randomId });
    const { visitID, cookie } = required.mint(request({ 'sec-fetch-site': 'cross-site' }, { bind: '' }));
    expect(required.allows(visitID, pair(cookie))).toBe(true);
    expect(required.allows('A'.repeat(32), pair(cookie))).toBe(false);
    expect(() => required.check('A'.repeat(32), request())).toThrow('another browser');
  });
});
