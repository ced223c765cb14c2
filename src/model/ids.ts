/**
 * Ids as the field writes them: 32 upper-case hex digits for what a browser or node mints. They are opaque
 * and case-sensitive; a derived id carries its visit's id so that the visit's owner can be found from it
 * alone.
 */
const idPattern = /^[0-9A-Za-z][0-9A-Za-z._-]{0,63}$/;

/**
 * Whether `value` may serve as an id: 1 to 64 letters, digits, `.`, `_`, `-`, the first a letter or digit.
 */
export function isId(value: unknown): value is string {
  return typeof value === 'string' && idPattern.test(value);
}

export const idRule = '1 to 64 letters, digits, ".", "_" or "-", the first a letter or digit';

/** The id of a visit's `ordinal`-th engagement (from 1). The interaction and its chat share it. */
export function interactionIdOf(visitID: string, ordinal: number): string {
  return `${visitID}.${ordinal}`;
}

/** The visit that an interaction or chat belongs to; undefined when the id has another form. */
export function visitIdOf(interactionId: string): string | undefined {
  const dot = interactionId.lastIndexOf('.');
  if (dot <= 0 || !/^[1-9][0-9]{0,8}$/.test(interactionId.slice(dot + 1))) return undefined;
  return interactionId.slice(0, dot);
}
