// Which package sees which address: the table of spec/rules.md, and its rule over any domains.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packageOfUrl, packageSees } from '../../../src/model/index.js';

const packages = [
  'com.genesys',
  'com.genesys.blog',
  'com.genesys.communication',
  'com.genesys.communication.personal',
];

describe('packageSees', () => {
  it.each([
    ['genesys.com', '+---'],
    ['blog.genesys.com', '++--'],
    ['communication.genesys.com', '+-+-'],
    ['personal.communication.genesys.com', '+-++'],
    ['www.genesys.com', '+---'],
    ['genesys.org', '----'],
    ['notgenesys.com', '----'],
    ['genesys.com.evil.example', '----'],
  ])('%s is seen by %s of the four packages', (host, row) => {
    const seen = (url: string): string =>
      packages.map((name) => (packageSees(name, url) ? '+' : '-')).join('');
    for (const url of [
      `https://${host}/`,
      `http://${host}`,
      `HTTPS://u:p@${host.toUpperCase()}:8443/a?b#c`,
      `https://${host}./x`,
    ])
      expect(seen(url), url).toBe(row);
  });

  it('sees nothing of what has no domain', () => {
    for (const url of [
      '',
      '/cart',
      'mailto:a@genesys.com',
      'https:///x',
      'https://[::1]/',
      'https://a..genesys.com/',
    ])
      expect(
        packages.some((name) => packageSees(name, url)),
        url,
      ).toBe(false);
  });

  it('follows Java’s convention for what a package name cannot hold', () => {
    expect(packageOfUrl('https://3d.my-shop.com/')).toBe('com.my_shop._3d');
    expect(packageSees('com.my_shop', 'https://3d.my-shop.com/')).toBe(true);
  });

  it('sees the own domain and all below it, and nothing else', () => {
    const label = fc.stringMatching(/^[a-z][a-z0-9]{0,3}$/);
    const domain = fc.array(label, { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(domain, domain, fc.boolean(), (name, other, below) => {
        const host = below ? [...name, ...other] : other;
        const expected = name.every((part, index) => host[index] === part);
        expect(packageSees(name.join('.'), `https://${host.toReversed().join('.')}/page`)).toBe(expected);
      }),
    );
  });
});
