/** The codec against text from anybody. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeMessages, isCallbackName, wrapCallback } from '../../../src/transport/bayeux/index.js';
import { utf8Size } from '../../../src/transport/bayeux/codec.js';

describe('the codec', () => {
  it('accepts a single object instead of an array (12)', () => {
    expect(decodeMessages('{"channel":"/a"}')).toEqual({ kind: 'messages', messages: [{ channel: '/a' }] });
  });

  it.each(['', '{', 'null', '42', '"x"', '[1,', 'undefined', '\uFEFF{}x'])('refuses %j (11)', (text) => {
    expect(decodeMessages(text)).toEqual({ kind: 'malformed' });
  });

  it('never throws, whatever comes', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void decodeMessages(text)));
  });

  it('counts bytes as UTF-8 does', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(utf8Size(text)).toBe(Buffer.byteLength(text));
      }),
    );
  });

  it.each(['jsonp', 'cometd._callback0', '$.x_1', 'jQuery1_2'])('lets %s be called (14)', (name) => {
    expect(isCallbackName(name)).toBe(true);
  });

  it.each(['', 'a(', 'alert(1)//', 'a;b', 'a[0]', '1a', 'a..b', 'a b', 'é', '<script>', 'x'.repeat(129)])(
    'does not let %j be called (14)',
    (name) => expect(isCallbackName(name)).toBe(false),
  );

  it('wraps JSON so that old scripts can read it', () => {
    expect(wrapCallback('f', '["\u2028\u2029"]')).toBe('f(["\\u2028\\u2029"])');
  });
});
