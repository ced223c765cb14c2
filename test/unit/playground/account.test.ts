// How the shop knows a person again: by its own cookies, of which it believes only what it could have
// written.
import { describe, expect, it } from 'vitest';
import { cookieOf, parsePerson } from '../../../apps/playground/site/js/account.js';

const person = { userID: 'mara@example.com', name: 'Mära; Quill' };

describe('the account', () => {
  it('finds a cookie by its whole name', () => {
    const cookies = 'xperson=1; person=2; personal=3';
    expect(cookieOf(cookies, 'person')).toBe('2');
    expect(cookieOf(cookies, 'nobody')).toBeUndefined();
    expect(cookieOf('', 'person')).toBeUndefined();
  });

  it('reads the person that it wrote', () => {
    expect(parsePerson(encodeURIComponent(JSON.stringify(person)))).toEqual(person);
  });

  it.each(['', '%', 'null', '7', '[]', '%7B%22userID%22%3A7%7D', '%7B%22userID%22%3A%22%22%7D'])(
    'knows nobody from %j',
    (value) => {
      expect(parsePerson(value)).toBeUndefined();
    },
  );
});
