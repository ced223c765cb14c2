/** Channel names: which are lawful, what a wildcard covers, and which names have a meaning of their own. */

/**
 * Segments are any printing characters but the separator, the wildcard and the braces of channel templates.
 */
const namePattern = /^(?:\/[^\s/*{}\p{Cc}]+)+$/u;
const wildcardPattern = /^(?:\/[^\s/*{}\p{Cc}]+)*\/\*\*?$/u;

export type ChannelKind = 'meta' | 'service' | 'broadcast' | 'wildcard' | 'invalid';

/**
 * `/a/b` is a broadcast, `/a/*` one segment more, `/a/**` one or more; `/a/**` does not match `/a` itself.
 */
export function channelKind(name: string, lengthMax: number): ChannelKind {
  if (name.length > lengthMax) return 'invalid';
  if (namePattern.test(name)) {
    if (name.startsWith('/meta/') || name === '/meta') return 'meta';
    return name.startsWith('/service/') ? 'service' : 'broadcast';
  }
  if (!wildcardPattern.test(name)) return 'invalid';
  if (name.startsWith('/meta/')) return 'meta';
  return name.startsWith('/service/') ? 'service' : 'wildcard';
}

/** The wildcard names that cover `name`: for `/a/b` they are `/a/*`, `/a/**` and `/**`. */
export function wildcardsOver(name: string): string[] {
  let slash = name.lastIndexOf('/');
  const wildcards = [`${name.slice(0, slash)}/*`];
  for (; slash >= 0; slash = slash === 0 ? -1 : name.lastIndexOf('/', slash - 1)) {
    wildcards.push(`${name.slice(0, slash)}/**`);
  }
  return wildcards;
}
