/** Every row of a kind, by paging over all tokens: for moving a store, never for serving. */
import type { Row } from '../operational-store.js';
import type { Entity, RowPage } from '../row-pages.js';
import * as rows from './rows-read.js';
import type { Session } from './session.js';
import { numberOf, plainBytes, textOf, textOrNull } from './values.js';

const rowsPerPage = 200;

interface Whole {
  cql: string;
  toRow(row: rows.ColumnRow): Row | undefined;
}

const whole: Readonly<Record<Entity, Whole>> = {
  visit: {
    cql: 'SELECT visit_id, start_date, end_date, global_visit_id, user_agent_id FROM visits',
    toRow: (row) => ({
      entity: 'visit',
      value: {
        visitId: textOf(row.visit_id),
        startDate: numberOf(row.start_date),
        endDate: numberOf(row.end_date),
        globalVisitID: textOf(row.global_visit_id),
        userAgentId: textOrNull(row.user_agent_id),
      },
    }),
  },
  page: { cql: rows.pageColumns, toRow: (row) => ({ entity: 'page', value: rows.toPage(row) }) },
  events: {
    cql: 'SELECT visit_id, first_ordinal, count, bytes FROM events',
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

/** As `RowPages.readAll`. */
export async function* readAll(
  session: Session,
  entity: Entity,
  from?: string,
): AsyncGenerator<RowPage, void, undefined> {
  const { cql, toRow } = whole[entity];
  for await (const { rows: found, next } of session.pagesFrom(cql, [], rowsPerPage, from)) {
    yield { rows: found.map(toRow).filter((row) => row !== undefined), next };
  }
}
