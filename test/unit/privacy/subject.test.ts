import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { findSubject } from '../../../src/privacy/subject.js';
import { openEmbeddedStore, type Row } from '../../../src/stores/index.js';
import { tieRow, visitOf } from '../../contract/stores/sample-rows.js';

it('finds all of a person, however many their visits, and whom a browser alone has', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'beckon-subject-'));
  const store = await openEmbeddedStore({ file: join(folder, 'store.sqlite') });
  try {
    const ids = Array.from({ length: 2_300 }, (_, n) => `V${n}`);
    await store.write(
      ids.flatMap((visitId, n): Row[] => [
        { entity: 'visit', value: visitOf(visitId, { globalVisitID: n < 2_000 ? 'B' : 'C' }) },
        tieRow(visitId, 'ann', n),
      ]),
    );
    await store.write([tieRow('V0', 'bob', 1)]);
    const person = await findSubject(store, { kind: 'identity', identityId: 'ann' });
    expect(person.visitIds.toSorted()).toEqual(ids.toSorted());
    expect(person.identityIds).toEqual(['ann']);
    const browser = await findSubject(store, { kind: 'browser', globalVisitID: 'B' });
    expect([browser.visitIds.length, browser.identityIds]).toEqual([2_000, ['bob']]);
  } finally {
    await store.close();
    await rm(folder, { recursive: true });
  }
});
