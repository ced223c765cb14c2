/**
 * What a tab remembers from page to page of the site. Where the browser allows no storage, it remembers
 * nothing.
 */
const prefix = '_gt.';

/** The value last kept under `name`, as JSON carried it; undefined when there is none. */
export function kept(name: string): unknown {
  try {
    return JSON.parse(sessionStorage.getItem(prefix + name) ?? '') as unknown;
  } catch {
    return undefined;
  }
}

/** Keeps a value; undefined forgets it. */
export function keep(name: string, value: unknown): void {
  try {
    if (value === undefined) sessionStorage.removeItem(prefix + name);
    else sessionStorage.setItem(prefix + name, JSON.stringify(value));
  } catch {
    // A full or refused storage costs only the memory.
  }
}

/** Forgets all that Beckon keeps in the browser's storage. */
export function forgetAll(): void {
  try {
    for (const storage of [sessionStorage, localStorage]) {
      for (const key of Object.keys(storage)) if (key.startsWith(prefix)) storage.removeItem(key);
    }
  } catch {
    // Where nothing may be kept, nothing was.
  }
}
