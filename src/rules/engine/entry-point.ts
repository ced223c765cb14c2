/** Where a visitor's events come in. */

/**
 * The entry point through which they come, in packages that name it; otherwise they come through the default
 * one.
 */
export const visitorEntryPoint = 'events';
