// What keeps the data: the queue in front of the store, the journal, and visits in memory.
import { plain, type ValueRow } from '../metric-row.js';

export const keeping: readonly ValueRow[] = [
  plain(
    { name: 'beckon_write_behind_rows', kind: 'gauge', help: 'Rows that wait for the store.' },
    ({ sources }) => sources.writeBehind?.depth,
  ),
  plain(
    { name: 'beckon_write_behind_bytes', kind: 'gauge', unit: 'bytes', help: 'Their size, roughly.' },
    ({ sources }) => sources.writeBehind?.bytes,
  ),
  plain(
    {
      name: 'beckon_write_behind_oldest_age_seconds',
      kind: 'gauge',
      unit: 'seconds',
      help: 'How long the oldest of them has waited.',
    },
    ({ sources }) => ageSeconds(sources.writeBehind?.oldestAgeMs),
  ),
  plain(
    { name: 'beckon_write_behind_failures_total', kind: 'counter', help: 'Writes to the store that failed.' },
    ({ sources }) => sources.writeBehind?.failures,
  ),
  plain(
    {
      name: 'beckon_write_behind_full',
      kind: 'gauge',
      help: '1 while no event is taken because too many rows wait, else 0.',
    },
    ({ sources }) => sources.writeBehind && Number(sources.writeBehind.isFull),
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

function ageSeconds(ageMs: number | undefined): number | undefined {
  return ageMs === undefined ? undefined : ageMs / 1_000;
}
