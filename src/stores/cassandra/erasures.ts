/**
 * Removing all that is kept of a visit or an identity. What leads to the rest goes last, so that an erasure
 * that was cut short is completed by its repetition.
 */
import type { VisitIdentity } from '../../model/index.js';
import { dayOf, hourOf, shardOf } from './buckets.js';
import type { Cells } from './cells.js';
import { partsWithEvents } from './event-reads.js';
import type { Statement, Value } from './row-statements.js';
import type { Session } from './session.js';
import { visitShards } from './tables.js';
import { numberOf, textOf } from './values.js';
import { readVisit, tiesListed } from './visit-reads.js';

const deleteByVisit = (table: string): string => `DELETE FROM ${table} WHERE visit_id = ?`;
const readPages = 'SELECT page_id, start_date FROM pages WHERE visit_id = ?';
/** At the write time that the page's own entry has: one of a visit that was there before stays. */
const deletePageId = 'DELETE FROM pages_by_id USING TIMESTAMP ? WHERE page_id = ?';
const deleteEvents = 'DELETE FROM events WHERE visit_id = ? AND part = ?';
const deleteOfHour =
  'DELETE FROM visits_by_hour WHERE hour = ? AND shard = ? AND start_date = ? AND visit_id = ?';
const deleteOfBrowser =
  'DELETE FROM visits_by_browser WHERE global_visit_id = ? AND day = ? AND start_date = ? AND visit_id = ?';
const deleteOfIdentity =
  'DELETE FROM visits_by_identity WHERE identity_id = ? AND day = ? AND at = ? AND visit_id = ?';
const deleteDayOfIdentity = 'DELETE FROM visits_by_identity WHERE identity_id = ? AND day = ?';
const deleteTie = 'DELETE FROM visit_identities WHERE visit_id = ? AND identity_id = ?';
const deleteDays = `DELETE FROM buckets WHERE list = 'visits_by_identity' AND owner = ?`;
const deleteIdentity = 'DELETE FROM identities WHERE identity_id = ?';

/** As `OperationalStore.eraseVisit`. */
export async function eraseVisit(
  session: Session,
  cells: Cells,
  visitId: string,
  ties: readonly VisitIdentity[],
): Promise<void> {
  const found: Statement[] = [];
  for (const page of await session.all(readPages, [visitId])) {
    const timestamp = Number.MAX_SAFE_INTEGER - numberOf(page.start_date);
    found.push(statement(deletePageId, [timestamp, textOf(page.page_id)]));
  }
  for (const { identityId } of ties) {
    for (const { day, at, visitId: tied } of await tiesListed(session, identityId)) {
      if (tied === visitId) found.push(statement(deleteOfIdentity, [identityId, day, at, visitId]));
    }
  }
  const visit = await readVisit(session, visitId);
  if (visit !== undefined) {
    const { startDate, globalVisitID } = visit;
    const shard = shardOf(visitId, visitShards);
    found.push(
      statement(deleteOfHour, [hourOf(startDate), shard, startDate, visitId]),
      statement(deleteOfBrowser, [globalVisitID, dayOf(startDate), startDate, visitId]),
    );
  }
  const [, ...laterParts] = await partsWithEvents(session, visitId);
  for (const part of laterParts) found.push(statement(deleteEvents, [visitId, part]));
  await session.send(found);
  await cells.erase(`visit/${visitId}`);
  const rest = ['pages', 'engagements', 'chats', 'visit_identities', 'visits'].map((table) =>
    statement(deleteByVisit(table), [visitId]),
  );
  await session.send([...rest, statement(deleteEvents, [visitId, 0])]);
}

/** As `OperationalStore.eraseIdentity`. */
export async function eraseIdentity(session: Session, identityId: string): Promise<void> {
  const ties = await tiesListed(session, identityId);
  const visits = new Set(ties.map(({ visitId }) => visitId));
  const days = new Set(ties.map(({ day }) => day));
  await session.send([...visits].map((visitId) => statement(deleteTie, [visitId, identityId])));
  await session.send([...days].map((day) => statement(deleteDayOfIdentity, [identityId, day])));
  await session.send([statement(deleteDays, [identityId]), statement(deleteIdentity, [identityId])]);
}

let statements = 0;
/** Each at a place of its own: they lie on different nodes. */
function statement(cql: string, values: Value[]): Statement {
  return { cql, values, place: `erase ${statements++}`, size: 100 };
}
