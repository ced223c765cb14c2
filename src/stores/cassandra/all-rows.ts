/** Every row of a kind, by paging over all tokens: for moving a store, never for serving. */
import type { Row } from '../operational-store.js';
import type { Entity, RowPage } from '../row-pages.js';
import { readEvents } from './event-reads.js';
import * as rows from './rows-read.js';
import { inParallel, type Session } from './session.js';
import { numberOf, plainBytes, textOf } from './values.js';

const rowsPerPage = 200;

interface Whole {
  cql: string;
  toRow(row: rows.ColumnRow): Row | undefined;
}

const whole: Readonly<Record<Entity, Whole>> = {
  visit: { cql: rows.visitColumns, toRow: (row) => ({ entity: 'visit', value: rows.toVisit(row) }) },
  page: { cql: rows.pageColumns, toRow: (row) => ({ entity: 'page', value: rows.toPage(row) }) },
  events: {
    cql: 'SELECT visit_id, first_ordinal, count, bytes, WRITETIME(count) AS version FROM events',
    toRow(row) {
      // What the parts of a visit share, where the first one has no events.
      if (row.first_ordinal === null) return undefined;
      const [visitId, firstOrdinal] = [textOf(row.visit_id), numberOf(row.first_ordinal)];
      const value = { visitId, firstOrdinal, count: numberOf(row.count), bytes: plainBytes(row.bytes) };
      return { entity: 'events', value };
    },
  },
  identity: {
    cql: rows.identityColumns,
    toRow: (row) => ({ entity: 'identity', value: rows.toIdentity(row) }),
  },
  visitIdentity: {
    cql: rows.tieColumns,
    toRow: (row) => ({ entity: 'visitIdentity', value: rows.toTie(row) }),
  },
  engagement: {
    cql: rows.engagementColumns,
    toRow: (row) => ({ entity: 'engagement', value: rows.toEngagement(row) }),
  },
  chat: { cql: rows.chatColumns, toRow: (row) => ({ entity: 'chat', value: rows.toChat(row) }) },
  document: {
    cql: rows.documentColumns,
    toRow: (row) => ({ entity: 'document', value: rows.toDocument(row) }),
  },
  cell: {
    cql: 'SELECT key, seq, deadline_ms, bytes FROM cells',
    toRow: (row) => ({
      entity: 'cell',
      value: {
        key: textOf(row.key),
        seq: numberOf(row.seq),
        deadlineMs: row.deadline_ms === null ? null : numberOf(row.deadline_ms),
        bytes: plainBytes(row.bytes),
      },
    }),
  },
};

/** The reads that go over whole tables: none of them serves a visitor or a caller of an API. */
export const wholeReads: readonly string[] = Object.values(whole).map(({ cql }) => cql.trim());

function versioned(made: Row | undefined, row: rows.ColumnRow): Row | undefined {
  if (made === undefined || made.entity === 'document' || made.entity === 'cell') return made;
  return { ...made, ...rows.versionIn(row) };
}

/** As `RowPages.readRowsOfVisit`. */
export async function readRowsOfVisit(session: Session, visitId: string): Promise<Row[]> {
  const kinds = [
    ['visit', rows.visit],
    ['page', rows.pagesOfVisit],
    ['visitIdentity', rows.tiesOfVisit],
    ['engagement', rows.engagements],
    ['chat', rows.chats],
  ] as const;
  const found = await inParallel(kinds, kinds.length, async ([entity, cql]) => {
    const made = (await session.all(cql, [visitId])).map((row) => versioned(whole[entity].toRow(row), row));
    return made.filter((row) => row !== undefined);
  });
  const segments = await readEvents(session, visitId, 0);
  // Segments are written once, so that none is older than another.
  return [...found.flat(), ...segments.map((value): Row => ({ entity: 'events', value }))];
}

/** As `RowPages.readAll`. */
export async function* readAll(
  session: Session,
  entity: Entity,
  from?: string,
): AsyncGenerator<RowPage, void, undefined> {
  const { cql, toRow } = whole[entity];
  for await (const { rows: found, next } of session.pagesFrom(cql, [], rowsPerPage, from)) {
    const made = found.map((row) => versioned(toRow(row), row)).filter((row) => row !== undefined);
    yield { rows: made, next };
  }
}
