// What keeps the data: the queue in front of the store, the journal, and visits in memory.
import { plain, type ValueRow } from '../metric-row.js';
import type { SinkReading } from '../readings.js';

function sink(row: Omit<ValueRow, 'read' | 'labels'>, read: (sink: SinkReading) => number): ValueRow {
  return {
    ...row,
    labels: ['sink'],
    read: ({ sources }) =>
      Object.entries(sources.sinks ?? {}).map(([name, reading]) => ({
        labels: { sink: name },
        value: read(reading),
      })),
  };
}

/** `sink` is `store` for the operational store; each sink has a queue of its own. */
const sinkFigures: readonly ValueRow[] = [
  sink(
    {
      name: 'beckon_write_behind_rows',
      kind: 'gauge',
      help: 'Rows that wait for a store, in memory and on disk.',
    },
    ({ depth }) => depth,
  ),
  sink(
    {
      name: 'beckon_write_behind_bytes',
      kind: 'gauge',
      unit: 'bytes',
      help: 'Size of those in memory, roughly.',
    },
    ({ bytes }) => bytes,
  ),
  sink(
    {
      name: 'beckon_write_behind_oldest_age_seconds',
      kind: 'gauge',
      unit: 'seconds',
      help: 'How long the oldest of them has waited: the lag of the store.',
    },
    ({ oldestAgeMs }) => oldestAgeMs / 1_000,
  ),
  sink(
    {
      name: 'beckon_write_behind_written_total',
      kind: 'counter',
      help: 'Rows written.',
    },
    ({ written }) => written,
  ),
  sink(
    { name: 'beckon_write_behind_failures_total', kind: 'counter', help: 'Writes that failed.' },
    ({ failures }) => failures,
  ),
  sink(
    {
      name: 'beckon_write_behind_refused_total',
      kind: 'counter',
      help: 'Rows that the store will never take, set aside.',
    },
    ({ refused }) => refused,
  ),
  sink(
    {
      name: 'beckon_write_behind_full',
      kind: 'gauge',
      help: '1 while no event is taken because too many rows wait in memory, else 0.',
    },
    ({ isFull }) => Number(isFull),
  ),
  sink(
    {
      name: 'beckon_spool_bytes',
      kind: 'gauge',
      unit: 'bytes',
      help: 'Size on disk of rows that wait for a store that is away or slow.',
    },
    ({ spoolBytes }) => spoolBytes,
  ),
  sink(
    {
      name: 'beckon_spool_full',
      kind: 'gauge',
      help: '1 while the disk or the spool’s bound has no room for more rows, else 0.',
    },
    ({ isSpoolFull }) => Number(isSpoolFull),
  ),
  sink(
    {
      name: 'beckon_spool_damaged_total',
      kind: 'counter',
      help: 'Files of the spool that were not as written and were set aside.',
    },
    ({ damaged }) => damaged,
  ),
];

export const keeping: readonly ValueRow[] = [
  ...sinkFigures,
  plain(
    { name: 'beckon_database_nodes', kind: 'gauge', help: 'Nodes of the database that are known.' },
    ({ sources }) => sources.database?.nodes,
  ),
  plain(
    {
      name: 'beckon_database_nodes_connected',
      kind: 'gauge',
      help: 'Those with a connection; with none the store is away.',
    },
    ({ sources }) => sources.database?.nodesConnected,
  ),
  plain(
    {
      name: 'beckon_database_requests_in_flight',
      kind: 'gauge',
      help: 'Requests that the database has not answered yet.',
    },
    ({ sources }) => sources.database?.requestsInFlight,
  ),
  plain(
    { name: 'beckon_journal_bytes', kind: 'gauge', unit: 'bytes', help: 'Size of the journal on disk.' },
    ({ sources }) => sources.journal?.bytes,
  ),
  plain(
    {
      name: 'beckon_journal_entries_total',
      kind: 'counter',
      help: 'Inputs journalled since the first start.',
    },
    ({ sources }) => sources.journal?.nextSeq,
  ),
  plain(
    {
      name: 'beckon_journal_uncommitted_entries',
      kind: 'gauge',
      help: 'Inputs on their way to the disk; their answers are held back.',
    },
    ({ sources }) => {
      const journal = sources.journal;
      return journal && journal.nextSeq - 1 - journal.committedSeq;
    },
  ),
  plain(
    {
      name: 'beckon_deadlines',
      kind: 'gauge',
      help: 'Visits and others that want to be woken at some time.',
    },
    ({ sources }) => sources.deadlines,
  ),
  plain(
    {
      name: 'beckon_cell_failures_total',
      kind: 'counter',
      help: 'Steps that broke an invariant; the visit was dropped from memory and read again.',
    },
    ({ tallies }) => tallies.cellFailures,
  ),
  plain(
    {
      name: 'beckon_cell_load_failures_total',
      kind: 'counter',
      help: 'Visits and others that could not be read from the store.',
    },
    ({ tallies }) => tallies.loadFailures,
  ),
];
