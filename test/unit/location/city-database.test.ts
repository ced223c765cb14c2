/** Real files: found and not found, swapped while in use, damaged in every way that a copy can go wrong. */
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  type CityDatabase,
  type FileNotice,
  openCityDatabase,
  placeIn,
} from '../../../src/location/index.js';
import { cityFile, cityRecord } from '../../support/city-file.js';
import { until } from '../../support/until.js';

let folder: string;
let database: CityDatabase;
let notices: FileNotice[] = [];

const old = cityFile({
  networks: {
    '81.2.69.0/24': cityRecord('London', 'GB', 51.51, -0.09),
    '203.0.113.128/25': cityRecord('Perth', 'AU', -31.95, 115.86),
    '2a02:1234::/32': cityRecord('Brest', 'FR', 48.39, -4.49),
  },
});
const renewed = cityFile({
  networks: { '81.2.69.0/24': cityRecord('Leeds', 'GB', 53.8, -1.55) },
  builtAt: 1_800_000_000,
});

async function openWith(bytes: Buffer | undefined): Promise<string> {
  const path = join(folder, `${Math.random()}.mmdb`);
  if (bytes !== undefined) writeFileSync(path, bytes);
  database = await openCityDatabase({ path, lookMs: 20, onNotice: (notice) => notices.push(notice) });
  return path;
}

const cityOf = (address: string): string | undefined => placeIn(database.find(address), 'city');
const problems = (): string[] =>
  notices.filter(({ kind }) => kind === 'problem').map(({ message }) => message);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'beckon-cities-'));
});
afterEach(() => {
  database.close();
  notices = [];
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('a city database', () => {
  it('knows the networks of both protocols, to the bit', async () => {
    await openWith(old);
    expect(notices).toEqual([
      { kind: 'loaded', message: expect.stringContaining('GeoLite2-City of 2023-11-14') as string },
    ]);
    expect(cityOf('81.2.69.1')).toBe('London');
    expect(cityOf('81.2.70.1')).toBeUndefined();
    expect(cityOf('203.0.113.127')).toBeUndefined();
    expect(cityOf('203.0.113.128')).toBe('Perth');
    expect(cityOf('2a02:1234:5::6')).toBe('Brest');
    expect(cityOf('2a02:1235::')).toBeUndefined();
    expect(cityOf('::ffff:81.2.69.1')).toBe('London');
    expect(placeIn(database.find('203.0.113.200'), 'location')).toBe('-31.95,115.86');
  });

  it.each(['', 'unknown', '127.0.0.1', '10.0.0.1', '::1', '999.1.1.1', '::ffff:', '::ffff:1.2'])(
    'has nothing for %j',
    async (address) => {
      await openWith(old);
      expect(database.find(address)).toBeNull();
    },
  );

  it('is changed for a new file while it is in use', async () => {
    const path = await openWith(old);
    writeFileSync(`${path}.new`, renewed);
    renameSync(`${path}.new`, path);
    await until(() => cityOf('81.2.69.1') === 'Leeds', 'the new file');
    expect(notices.at(-1)?.message).toContain('2027-01-15');
    expect(problems()).toEqual([]);
  });

  it('may come later', async () => {
    const path = await openWith(undefined);
    expect(problems()).toEqual([expect.stringContaining('is absent')]);
    expect(cityOf('81.2.69.1')).toBeUndefined();
    writeFileSync(path, old);
    await until(() => cityOf('81.2.69.1') === 'London', 'the file');
  });

  it.each([
    ['cut off', old.subarray(0, old.length / 2), 'no metadata'],
    ['without its beginning', old.subarray(700), 'not where its metadata say'],
    ['of another kind', Buffer.from('<html>not found</html>'), 'no metadata'],
    ['empty', Buffer.alloc(0), 'no metadata'],
    ['with a mark and no metadata', Buffer.from('xx\xab\xcd\xefMaxMind.com', 'latin1'), 'cannot be used'],
  ])('stays as it was when the new file is %s, and says so once', async (_how, bytes, reason) => {
    const path = await openWith(old);
    writeFileSync(path, bytes);
    await until(() => problems().length > 0, 'a problem');
    expect(problems()[0]).toContain(reason);
    expect(problems()[0]).toContain('the one read before stays in use');
    expect(cityOf('81.2.69.1')).toBe('London');
    writeFileSync(path, renewed);
    await until(() => cityOf('81.2.69.1') === 'Leeds', 'the next file');
    expect(problems()).toHaveLength(1);
  });

  it('stays as it was when the file is removed', async () => {
    const path = await openWith(old);
    rmSync(path);
    writeFileSync(`${path}.other`, renewed);
    expect(cityOf('81.2.69.1')).toBe('London');
    renameSync(`${path}.other`, path);
    await until(() => cityOf('81.2.69.1') === 'Leeds', 'the file again');
  });

  it('with a damaged record has nothing for its addresses, and says so once', async () => {
    const bytes = Buffer.from(old);
    // A map of 28 pairs, which runs into what is no text.
    const record = bytes.indexOf('city') - 2;
    bytes.fill(0xff, record, record + 300);
    await openWith(bytes);
    expect(database.find('81.2.69.1')).toBeNull();
    expect(database.find('81.2.69.2')).toBeNull();
    expect(problems()).toEqual([expect.stringContaining('damaged record')]);
  });

  it('of another type is used as far as it goes', async () => {
    const country = { country: { iso_code: 'GB', names: { en: 'United Kingdom' } } };
    await openWith(cityFile({ networks: { '81.2.69.0/24': country }, type: 'GeoLite2-Country' }));
    expect(problems()).toEqual([expect.stringContaining('is a GeoLite2-Country, not a city database')]);
    expect(placeIn(database.find('81.2.69.1'), 'countryCode')).toBe('GB');
    expect(cityOf('81.2.69.1')).toBeUndefined();
  });
});
