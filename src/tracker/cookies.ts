/** The visit's first-party cookies. They hold ids only, so nothing needs encoding. */

/** `document`, or something like it. */
export interface CookieJar {
  cookie: string;
}

export interface CookieScope {
  domain: string | undefined;
  secure: boolean;
}

const idPattern = /^[0-9A-Za-z][\w.-]{0,63}$/;

export function isId(value: unknown): value is string {
  return typeof value === 'string' && idPattern.test(value);
}

/** The id in the cookie `name`; undefined when there is none or it is no id. */
export function readCookie(jar: CookieJar, name: string): string | undefined {
  for (const pair of jar.cookie.split(/; */)) {
    if (pair.startsWith(name + '=') && isId(pair.slice(name.length + 1))) return pair.slice(name.length + 1);
  }
  return undefined;
}

/**
 * Keeps `value` for `maxAgeS` seconds; without `maxAgeS` until the browser closes; an empty value removes it.
 * A browser refuses a domain that the page is not in; the cookie is then kept for this host alone.
 */
export function writeCookie(
  jar: CookieJar,
  name: string,
  value: string,
  scope: CookieScope,
  maxAgeS?: number,
): void {
  const gone = ';max-age=0';
  const age = value === '' ? gone : maxAgeS === undefined ? '' : `;max-age=${maxAgeS}`;
  const place = `;path=/;samesite=lax${scope.secure ? ';secure' : ''}`;
  if (scope.domain !== undefined) {
    // One that was kept for this host alone would hide the domain's.
    jar.cookie = `${name}=${place}${gone}`;
    jar.cookie = `${name}=${value}${place}${age};domain=${scope.domain}`;
    if (readCookie(jar, name) === (value === '' ? undefined : value)) return;
  }
  jar.cookie = `${name}=${value}${place}${age}`;
}
