/**
 * Words for the site's developer. Silent unless the option `debug` is set: a visitor's console stays clean.
 */
let enabled = false;

export function setDebug(on: boolean): void {
  enabled = on;
}

export function debug(...parts: unknown[]): void {
  if (enabled) console.warn('[beckon]', ...parts);
}
