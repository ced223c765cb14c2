/** Visits by their start, by their browser and by their identity, from tables that are split by time. */
import type { VisitIdentity, VisitResource } from '../../model/index.js';
import { dayOf, hourOf } from './buckets.js';
import * as rows from './rows-read.js';
import { type Session, inParallel } from './session.js';
import { visitShards } from './tables.js';
import { numberOf, textOf } from './values.js';

const readsTogether = 32;
const rowsTogetherMax = 500;

const readHours =
  `SELECT bucket FROM buckets WHERE list = 'visits_by_hour' AND owner = '' AND bucket >= ? AND bucket <= ? ` +
  'ORDER BY bucket ASC';
const readDays = 'SELECT bucket FROM buckets WHERE list = ? AND owner = ?';
const readShard =
  'SELECT start_date, visit_id FROM visits_by_hour WHERE hour = ? AND shard = ? ' +
  'AND (start_date, visit_id) > (?, ?) AND (start_date) < (?) LIMIT ?';
const readOfBrowser = 'SELECT visit_id FROM visits_by_browser WHERE global_visit_id = ? AND day = ?';
const readOfIdentity =
  'SELECT at, visit_id, visit_scope FROM visits_by_identity WHERE identity_id = ? AND day = ? AND at <= ?';
const readTie = 'SELECT at FROM visit_identities WHERE visit_id = ? AND identity_id = ?';

export async function readVisit(session: Session, visitId: string): Promise<VisitResource | undefined> {
  const row = await session.one(rows.visit, [visitId]);
  return row === undefined ? undefined : rows.toVisit(row);
}

interface Place {
  startDate: number;
  visitId: string;
}

/** As `OperationalStore.readVisitsStarted`. */
export async function readVisitsStarted(
  session: Session,
  sinceMs: number,
  untilMs: number,
  limit: number,
  after: Place = { startDate: sinceMs, visitId: '' },
): Promise<VisitResource[]> {
  const visits: VisitResource[] = [];
  if (limit <= 0 || untilMs <= after.startDate) return visits;
  for await (const { bucket } of session.rows(readHours, [hourOf(after.startDate), hourOf(untilMs)])) {
    const places = visitsOfHour(session, numberOf(bucket), after, untilMs, limit);
    for (;;) {
      const wanted = limit - visits.length;
      const next: Place[] = [];
      while (next.length < wanted) {
        const { value } = await places.next();
        if (value === undefined) break;
        next.push(value);
      }
      visits.push(...(await readAll(session, next)));
      if (visits.length >= limit) return visits;
      if (next.length < wanted) break;
    }
  }
  return visits;
}

/** Those of the visits that are kept, in their order. */
async function readAll(session: Session, places: readonly { visitId: string }[]): Promise<VisitResource[]> {
  const found = await inParallel(places, readsTogether, ({ visitId }) => readVisit(session, visitId));
  return found.filter((visit) => visit !== undefined);
}

interface Shard {
  shard: number;
  waiting: Place[];
  /** The database may have more of it. */
  more: boolean;
  after: Place;
}

/** The visits of one hour in order, merged from its shards, each of which is read a stretch at a time. */
async function* visitsOfHour(
  session: Session,
  hour: number,
  after: Place,
  untilMs: number,
  limit: number,
): AsyncGenerator<Place, undefined, undefined> {
  const stretch = Math.max(8, Math.ceil((2 * limit) / visitShards));
  const shards = Array.from({ length: visitShards }, (_, shard): Shard => {
    return { shard, waiting: [], more: true, after };
  });
  async function fill(each: Shard): Promise<void> {
    const { startDate, visitId } = each.after;
    const found = await session.all(readShard, [hour, each.shard, startDate, visitId, untilMs, stretch]);
    each.waiting = found.map((row) => ({
      startDate: numberOf(row.start_date),
      visitId: textOf(row.visit_id),
    }));
    each.more = found.length === stretch;
    each.after = each.waiting.at(-1) ?? each.after;
  }
  for (;;) {
    await Promise.all(shards.filter(({ waiting, more }) => more && waiting.length === 0).map(fill));
    const first = shards.filter(({ waiting }) => waiting.length > 0).sort(byFirst)[0];
    const place = first?.waiting.shift();
    if (place === undefined) return undefined;
    yield place;
  }
}

function byFirst({ waiting: [a] }: Shard, { waiting: [b] }: Shard): number {
  if (a === undefined || b === undefined) return 0;
  return a.startDate - b.startDate || (a.visitId < b.visitId ? -1 : 1);
}

/** As `OperationalStore.readVisitsOfGlobalVisit`. */
export async function readVisitsOfBrowser(
  session: Session,
  globalVisitID: string,
  limit: number,
): Promise<VisitResource[]> {
  const visits: VisitResource[] = [];
  for await (const { bucket } of session.rows(readDays, ['visits_by_browser', globalVisitID])) {
    for await (const page of session.pages(readOfBrowser, [globalVisitID, numberOf(bucket)], limit)) {
      const places = page.map((row) => ({ visitId: textOf(row.visit_id) }));
      visits.push(...(await readAll(session, places)));
      if (visits.length >= limit) return visits.slice(0, limit);
    }
  }
  return visits;
}

/** As `OperationalStore.readVisitsOfIdentity`. Of a tie that changed only the newest counts. */
export async function readVisitsOfIdentity(
  session: Session,
  identityId: string,
  limit: number,
  after?: Pick<VisitIdentity, 'at' | 'visitId'>,
): Promise<VisitIdentity[]> {
  const ties = new Map<string, VisitIdentity>();
  if (limit <= 0) return [];
  for await (const page of tiesFrom(session, identityId, limit, after?.at)) {
    let found = page.filter(({ visitId }) => !ties.has(visitId));
    if (after !== undefined) {
      found = await inParallel(
        found.filter(({ at, visitId }) => at < after.at || visitId > after.visitId),
        readsTogether,
        async (tie) => ((await isNewest(session, tie)) ? [tie] : []),
      ).then((kept) => kept.flat());
    }
    for (const tie of found) {
      if (!ties.has(tie.visitId)) ties.set(tie.visitId, tie);
      if (ties.size >= limit) return [...ties.values()];
    }
  }
  return [...ties.values()];
}

/** The entries of an identity's list, some `wanted` at a time, those of `atMs` and before. */
async function* tiesFrom(
  session: Session,
  identityId: string,
  wanted: number,
  atMs = Number.MAX_SAFE_INTEGER,
): AsyncGenerator<VisitIdentity[], void, undefined> {
  for await (const { bucket } of session.rows(readDays, ['visits_by_identity', identityId])) {
    const day = numberOf(bucket);
    if (day > dayOf(atMs)) continue;
    // A few more than are wanted, because some may be outdated.
    const together = Math.min(rowsTogetherMax, wanted + 8);
    for await (const page of session.pages(readOfIdentity, [identityId, day, atMs], together)) {
      yield page.map((row) => ({
        identityId,
        visitId: textOf(row.visit_id),
        visitScope: textOf(row.visit_scope) as VisitIdentity['visitScope'],
        at: numberOf(row.at),
      }));
    }
  }
}

/** Says no of an entry that a newer one has outdated, which the reader may have been given before. */
async function isNewest(session: Session, { visitId, identityId, at }: VisitIdentity): Promise<boolean> {
  const row = await session.one(readTie, [visitId, identityId]);
  return row !== undefined && numberOf(row.at) === at;
}

/** When an identity was tied to visits: every entry of its list, the outdated ones too. */
export async function tiesListed(
  session: Session,
  identityId: string,
): Promise<{ day: number; at: number; visitId: string }[]> {
  const ties: { day: number; at: number; visitId: string }[] = [];
  for await (const page of tiesFrom(session, identityId, rowsTogetherMax)) {
    for (const { at, visitId } of page) ties.push({ day: dayOf(at), at, visitId });
  }
  return ties;
}
