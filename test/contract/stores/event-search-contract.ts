/** Any operational store finds the visit of an event by the event's id alone. */
import { expect, it } from 'vitest';
import type { OperationalStore, Row } from '../../../src/stores/index.js';
import { encodedOf, eventOf, segmentOf } from './sample-rows.js';

export function eventSearchContract(store: () => OperationalStore): void {
  it('finds the visit of an event, whatever form its id has', async () => {
    const ids = ['0123456789ABCDEF0123456789ABCDEF', 'order-7', 'a'];
    for (const [index, visitId] of ['V', 'W', 'X'].entries()) {
      const events = [eventOf(visitId, `first-of-${visitId}`), eventOf(visitId, ids[index] ?? '')];
      await store().write([{ entity: 'events', value: encodedOf(visitId, 0, events) }]);
    }
    const found = await Promise.all([...ids, 'first-of-X'].map((id) => store().readVisitIdOfEvent(id)));
    expect(found).toEqual(['V', 'W', 'X', 'X']);
    expect(await store().readVisitIdOfEvent('order-8')).toBeUndefined();
    // An id of a page has the same bytes as one of an event.
    expect(await store().readVisitIdOfEvent('FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF')).toBeUndefined();
  });

  it('finds an event of a segment that was written again with more', async () => {
    const eventsOf = (visitId: string, last: number) =>
      Array.from({ length: last }, (_, n) => eventOf(visitId, `${visitId}-${n + 1}`));
    const rowOf = (visitId: string, last: number): Row => {
      return { entity: 'events', value: encodedOf(visitId, 0, eventsOf(visitId, last)) };
    };
    await store().write([{ ...rowOf('V', 1), version: 1 }, rowOf('W', 1)]);
    await store().write([rowOf('X', 1), rowOf('V', 3)]);
    await store().write([{ entity: 'events', value: segmentOf('Y', 0, 1) }, rowOf('Z', 2)]);
    const ids = ['V-1', 'V-3', 'W-1', 'X-1', 'Z-2'];
    const found = await Promise.all(ids.map((id) => store().readVisitIdOfEvent(id)));
    expect(found).toEqual(['V', 'V', 'W', 'X', 'Z']);
    await store().eraseVisit('V');
    expect(await store().readVisitIdOfEvent('V-3')).toBeUndefined();
  });
}
