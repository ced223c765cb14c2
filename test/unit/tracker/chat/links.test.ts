import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { partsOf } from '../../../../src/tracker/chat/links.js';

const hrefs = (text: string): string[] => partsOf(text).flatMap(({ href }) => href ?? []);

describe('links in a message', () => {
  it.each([
    ['see https://example.com/a?b=1.', ['https://example.com/a?b=1']],
    ['(http://example.com/x)', ['http://example.com/x']],
    ['HTTPS://EXAMPLE.com', ['https://example.com/']],
    ['two http://a.example, http://b.example!', ['http://a.example/', 'http://b.example/']],
    ['javascript:alert(1) data:text/html,x ftp://a.example', []],
    ['xhttp://a.example', []],
    ['http:// and https://', []],
    ['https://a.example/"onclick="x', ['https://a.example/']],
  ])('%s', (text, expected) => {
    expect(hrefs(text)).toEqual(expected);
  });

  it('change no letter, and lead only to http and https', () => {
    const piece = fc.constantFrom(
      'http://',
      'https://',
      'javascript:',
      'a.example',
      '/x',
      ' ',
      '"',
      '<',
      '.',
      '@',
      '[',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string({ maxLength: 5 }))), (pieces) => {
        const text = pieces.join('');
        const parts = partsOf(text);
        expect(parts.map((part) => part.text).join('')).toBe(text);
        expect(parts.every(({ href }) => href === undefined || /^https?:\/\/./.test(href))).toBe(true);
      }),
    );
  });
});
