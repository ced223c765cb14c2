/** A search index is filled again from any operational store. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import {
  openEmbeddedIndex,
  type OperationalStore,
  rebuildIndex,
  type RebuildProgress,
  type Row,
  type RowPages,
} from '../../../src/stores/index.js';
import { encodedOf, eventOf, identityRow, tieRow, visitOf } from './sample-rows.js';

/** More than a rebuild reads at once. */
const visits = 250;
const eventNumbers = [1, 2, 3];

export function indexRebuildContract(store: () => OperationalStore & RowPages): void {
  it('fills a search index again with all that it has, and nothing else', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'beckon-rebuild-'));
    const index = await openEmbeddedIndex({ file: join(folder, 'index.sqlite'), retention: { all: 3_600 } });
    try {
      const ids = Array.from({ length: visits }, (_, number) => `V${number}`);
      const rows = ids.flatMap((id): Row[] => [
        { entity: 'visit', value: visitOf(id) },
        {
          entity: 'events',
          value: encodedOf(
            id,
            0,
            eventNumbers.map((number) => eventOf(id, `${id}.${number}`)),
          ),
        },
        tieRow(id, 'ann', 1_000),
      ]);
      await store().write([...rows, identityRow('ann', 'Ann')]);
      // Of a visit that the store does not have any more.
      await index.write([{ entity: 'visit', value: visitOf('GONE') }]);
      const progress: RebuildProgress[] = [];
      const done = await rebuildIndex({
        store: store(),
        index,
        drained: () => Promise.resolve(),
        onlyMissing: false,
        sinceMs: 0,
        untilMs: Number.MAX_SAFE_INTEGER,
        signal: new AbortController().signal,
        onProgress: (now) => void progress.push({ ...now }),
      });
      expect(done).toMatchObject({ identities: 1, visits, refused: 0 });
      expect(progress.length).toBeGreaterThan(2);
      const totalOf = async (entity: 'visit' | 'event' | 'identity'): Promise<number> =>
        (await index.find({ entity, limit: 1 })).total;
      expect([await totalOf('visit'), await totalOf('event'), await totalOf('identity')]).toEqual([
        visits,
        visits * eventNumbers.length,
        1,
      ]);
      const gone = await index.find({
        entity: 'visit',
        where: { kind: 'equals', field: 'visitId', values: ['GONE'] },
        limit: 1,
      });
      expect(gone.total).toBe(0);
    } finally {
      await index.close();
      await rm(folder, { recursive: true, force: true });
    }
  });
}
