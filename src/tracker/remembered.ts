/**
 * The ids that make several pages one visit. They live in first-party cookies, which all subdomains can
 * share; where the browser refuses cookies, in its storage; where it refuses that too, as long as the page.
 */
import { isId, readCookie, writeCookie, type CookieJar } from './cookies.js';
import type { Settings } from './settings.js';

const storagePrefix = '_gt.id.';
const inMemory = new Map<string, string>();

/** A page in a sandbox may not even ask for its cookies. */
const jar: CookieJar = {
  get cookie() {
    try {
      return document.cookie;
    } catch {
      return '';
    }
  },
  set cookie(text) {
    try {
      document.cookie = text;
    } catch {
      // What is not kept here is kept elsewhere.
    }
  },
};

export function localStorageIfAny(): Storage | undefined {
  try {
    return localStorage;
  } catch {
    return undefined;
  }
}

/** The id last kept under `name`, by this page or another. */
export function recall(name: string): string | undefined {
  const stored =
    readCookie(jar, name) ?? localStorageIfAny()?.getItem(storagePrefix + name) ?? inMemory.get(name);
  return isId(stored) ? stored : undefined;
}

/** Keeps an id, for `maxAgeS` seconds where that is given; an empty one forgets it. */
export function remember(name: string, id: string, { domainName }: Settings, maxAgeS?: number): void {
  const scope = { domain: domainName, secure: location.protocol === 'https:' };
  writeCookie(jar, name, id, scope, maxAgeS);
  const key = storagePrefix + name;
  const storage = localStorageIfAny();
  try {
    storage?.removeItem(key);
    inMemory.delete(name);
    if (id === '' || readCookie(jar, name) === id) return;
    inMemory.set(name, id);
    storage?.setItem(key, id);
  } catch {
    // A full storage: the memory has it.
  }
}
