/** What a node says of its own certificate before the others refuse it. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { checkOwnCertificate } from '../../../../src/transport/peers/index.js';
import { makeAuthority } from '../../../support/peer-certificates.js';

const folder = mkdtempSync(join(tmpdir(), 'beckon-certificate-'));
const sign = makeAuthority(folder, 'authority');
const good = sign('GWE_Node1');
const dayMs = 24 * 3_600_000;

afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('takes one that the others will take, and says how long', () => {
  expect(checkOwnCertificate(good, 'GWE_Node1', Date.now())).toBeGreaterThanOrEqual(1);
});

it('refuses one of another time, name, authority or key', () => {
  const other = makeAuthority(folder, 'other')('GWE_Node1');
  const second = sign('GWE_Node2');
  const nowMs = Date.now();
  const check = (change: Partial<typeof good>, name = 'GWE_Node1', atMs = nowMs) =>
    checkOwnCertificate({ ...good, ...change }, name, atMs);
  expect(() => check({}, 'GWE_Node1', nowMs + 3 * dayMs)).toThrow(/certificateFile .* expired on \d{4}-/);
  expect(() => check({}, 'GWE_Node1', nowMs - 3 * dayMs)).toThrow(/is not valid before/);
  expect(() => check({}, 'GWE_Node2')).toThrow(/is not for the node GWE_Node2: it is for DNS:GWE_Node1/);
  expect(() => check({ authorityFile: other.authorityFile })).toThrow(/is not signed by the authority of/);
  expect(() => check({ keyFile: second.keyFile })).toThrow(/keyFile .* is not the key of/);
});

it('takes two authorities in one file, as while one replaces the other', () => {
  const next = makeAuthority(folder, 'next');
  const both = join(folder, 'both.pem');
  const renewed = next('GWE_Node1');
  const texts = [good.authorityFile, renewed.authorityFile].map((file) => readFileSync(file, 'utf8'));
  writeFileSync(both, texts.join('\n'));
  for (const one of [good, renewed]) {
    expect(checkOwnCertificate({ ...one, authorityFile: both }, 'GWE_Node1', Date.now())).toBeGreaterThan(0);
  }
});

it('names the file that cannot be used', () => {
  const rubbish = join(folder, 'rubbish.pem');
  writeFileSync(rubbish, '-----BEGIN CERTIFICATE-----\nrubbish\n-----END CERTIFICATE-----\n');
  const check = (change: Partial<typeof good>) => checkOwnCertificate({ ...good, ...change }, 'GWE_Node1', 0);
  expect(() => check({ certificateFile: join(folder, 'nothing.pem') })).toThrow(
    /nothing\.pem cannot be read/,
  );
  expect(() => check({ certificateFile: rubbish })).toThrow(/rubbish\.pem is no certificate/);
  expect(() => check({ certificateFile: good.keyFile })).toThrow(
    /authority-GWE_Node1\.key has no certificate/,
  );
  const now = { ...good, keyFile: rubbish };
  expect(() => checkOwnCertificate(now, 'GWE_Node1', Date.now())).toThrow(/rubbish\.pem is no private key/);
});
