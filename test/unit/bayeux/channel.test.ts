/** Channel names: the grammar, and which wildcards cover which names. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { channelKind, wildcardsOver } from '../../../src/transport/bayeux/index.js';

const kind = (name: string): string => channelKind(name, 64);

describe('channel names', () => {
  it.each([
    ['/a', 'broadcast'],
    ['/notification/0A1B', 'broadcast'],
    ['/workspace/john.doe@site', 'broadcast'],
    ['/service/echo', 'service'],
    ['/meta/connect', 'meta'],
    ['/meta', 'meta'],
    ['/meta/*', 'meta'],
    ['/a/*', 'wildcard'],
    ['/a/**', 'wildcard'],
    ['/**', 'wildcard'],
    ['a', 'invalid'],
    ['', 'invalid'],
    ['/', 'invalid'],
    ['/foo//bar', 'invalid'],
    ['/foo/', 'invalid'],
    ['/a b', 'invalid'],
    ['/a/***', 'invalid'],
    ['/a*', 'invalid'],
    ['/*/a', 'invalid'],
    ['/a\u0000', 'invalid'],
    [`/${'x'.repeat(64)}`, 'invalid'],
  ])('%s is %s', (name, expected) => expect(kind(name)).toBe(expected));

  it('finds the wildcards over a name', () => {
    expect(wildcardsOver('/a')).toEqual(['/*', '/**']);
    expect(wildcardsOver('/a/b/c')).toEqual(['/a/b/*', '/a/b/**', '/a/**', '/**']);
  });

  it('gives every name only wildcards that are lawful and begin as it does', () => {
    const segment = fc.stringMatching(/^[a-z0-9.@-]{1,6}$/);
    fc.assert(
      fc.property(fc.array(segment, { minLength: 1, maxLength: 6 }), (segments) => {
        const name = `/${segments.join('/')}`;
        for (const wildcard of wildcardsOver(name)) {
          expect(['wildcard', 'service', 'meta']).toContain(kind(wildcard));
          expect(name.startsWith(wildcard.replace(/\*+$/, ''))).toBe(true);
        }
      }),
    );
  });
});
