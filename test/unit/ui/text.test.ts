import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { safeHref, textPieces } from '../../../src/ui/workspace/model/index.js';

const links = (text: string) =>
  textPieces(text).flatMap((piece) => (piece.kind === 'link' ? [piece.text] : []));

describe('a visitor’s text', () => {
  it('keeps every character, whatever it is', () => {
    const bits = fc.constantFrom(
      'http://',
      'https://a.example/x',
      'javascript:',
      '<b>',
      ').',
      ' ',
      '"',
      '\n',
      'ü',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(bits, fc.string({ unit: 'grapheme' }))), (parts) => {
        const text = parts.join('');
        expect(
          textPieces(text)
            .map((piece) => piece.text)
            .join(''),
        ).toBe(text);
      }),
    );
  });

  it('links web addresses without the sentence around them', () => {
    expect(links('See https://a.example/x, or (http://b.example/y).')).toEqual([
      'https://a.example/x',
      'http://b.example/y',
    ]);
    expect(links('https://a.example/wiki_(x)!')).toEqual(['https://a.example/wiki_(x)']);
  });

  it('links nothing else', () => {
    expect(
      links('javascript:alert(1) data:text/html,x ftp://a.example //a.example file:///etc/passwd'),
    ).toEqual([]);
    expect(links('https://user:secret@a.example/')).toEqual([]);
  });
});

describe('an address that may become a link', () => {
  it('is http or https, and only that', () => {
    expect(safeHref('https://a.example/ä')).toBe('https://a.example/%C3%A4');
    for (const bad of [
      'javascript:alert(1)',
      ' java\nscript:alert(1)',
      'data:,x',
      'a.example',
      '',
      'https://',
    ]) {
      expect(safeHref(bad)).toBeNull();
    }
  });
});
