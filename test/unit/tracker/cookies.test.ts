import { describe, expect, it } from 'vitest';
import { isId, readCookie, writeCookie, type CookieJar } from '../../../src/tracker/cookies.js';

/** A jar as a browser on `host` keeps it: a domain that the host is not in is refused. */
function jarOf(host: string): CookieJar & { written: string[] } {
  const kept = new Map<string, string>();
  const written: string[] = [];
  return {
    written,
    get cookie() {
      return [...kept].map(([name, value]) => `${name}=${value}`).join('; ');
    },
    set cookie(text: string) {
      written.push(text);
      const [pair = '', ...attributes] = text.split(';');
      const [name = '', value = ''] = pair.split('=');
      const domain = attributes.find((each) => each.startsWith('domain='))?.slice(7);
      if (domain !== undefined && !`.${host}`.endsWith(`.${domain}`)) return;
      if (attributes.includes('max-age=0')) kept.delete(name);
      else kept.set(name, value);
    },
  };
}

const here = { domain: undefined, secure: false };

describe('cookies', () => {
  it('keep an id and give it back', () => {
    const jar = jarOf('shop.example.com');
    jar.cookie = 'other=1;path=/';
    writeCookie(jar, '_gt_visit', 'ABC.1', here);
    expect(readCookie(jar, '_gt_visit')).toBe('ABC.1');
    expect(readCookie(jar, '_gt')).toBeUndefined();
    writeCookie(jar, '_gt_visit', '', here);
    expect(readCookie(jar, '_gt_visit')).toBeUndefined();
  });

  it('say how long, how far and how safely', () => {
    const jar = jarOf('shop.example.com');
    writeCookie(jar, 'a', 'X', { domain: 'example.com', secure: true }, 60);
    expect(jar.written).toEqual([
      'a=;path=/;samesite=lax;secure;max-age=0',
      'a=X;path=/;samesite=lax;secure;max-age=60;domain=example.com',
    ]);
  });

  it('are kept for this host where the browser refuses the domain', () => {
    const jar = jarOf('shop.example.com');
    writeCookie(jar, 'a', 'X', { domain: 'wrong.example', secure: false });
    expect(readCookie(jar, 'a')).toBe('X');
    expect(jar.written.at(-1)).toBe('a=X;path=/;samesite=lax');
  });

  it('with something else than an id are not there', () => {
    expect(readCookie({ cookie: 'a=<script>; b=.x; c=ok' }, 'a')).toBeUndefined();
    expect(isId('.x')).toBe(false);
    expect(isId('x'.repeat(65))).toBe(false);
    expect(isId(7)).toBe(false);
    expect(isId('44D25DDB78174DEC8F33E28F96428336')).toBe(true);
  });
});
