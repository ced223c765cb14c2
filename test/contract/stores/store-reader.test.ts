/** A second connection beside the running store: sees what was written, writes nothing. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openEmbeddedStore, openStoreReader } from '../../../src/stores/index.js';
import { segmentOf, visitOf } from './sample-rows.js';

it('reads beside the store that writes, and after it has gone', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'beckon-reader-'));
  const file = join(folder, 'store.sqlite');
  try {
    expect(() => openStoreReader(file)).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
    const store = await openEmbeddedStore({ file });
    const reader = openStoreReader(file);
    expect(reader.visitsStarted(0, 100, 10)).toEqual([]);
    const visits = [visitOf('V1', { startDate: 5 }), visitOf('V2', { startDate: 6 })];
    await store.write([
      ...visits.map((value) => ({ entity: 'visit', value }) as const),
      { entity: 'events', value: segmentOf('V1', 3, 2) },
      { entity: 'events', value: segmentOf('V1', 0, 3) },
    ]);
    expect(reader.visitsStarted(0, 100, 10)).toEqual(visits);
    expect(reader.visitsStarted(0, 100, 10, visits[0])).toEqual([visits[1]]);
    expect(reader.events('V1').map(({ firstOrdinal }) => firstOrdinal)).toEqual([0, 3]);
    reader.close();
    await store.close();
    const later = openStoreReader(file);
    expect(later.visitsStarted(6, 100, 10)).toEqual([visits[1]]);
    later.close();
  } finally {
    await rm(folder, { recursive: true });
  }
});
