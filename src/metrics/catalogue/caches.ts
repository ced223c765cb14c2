// The guide's figures of the four caches.
import { plain, type ValueRow } from '../metric-row.js';
import type { CacheReading } from '../readings.js';

export const cacheNames = [
  'VisitProfileCache',
  'EventsCache',
  'DroolsSessionCache',
  'IxnProfileCache',
] as const;

interface CacheFigure {
  name: string;
  kind: 'counter' | 'gauge';
  help: string;
  unit?: 'nanoseconds';
  read: (cache: CacheReading) => number;
}

const cacheFigures: readonly CacheFigure[] = [
  { name: 'CacheSize', kind: 'gauge', help: 'Entries.', read: ({ cacheSize }) => cacheSize },
  {
    name: 'EvictionCount',
    kind: 'counter',
    help: 'Entries that had to make room.',
    read: ({ evictionCount }) => evictionCount,
  },
  {
    name: 'HitCount',
    kind: 'counter',
    help: 'Look-ups answered from the cache.',
    read: ({ hitCount }) => hitCount,
  },
  {
    name: 'LoadExceptionCount',
    kind: 'counter',
    help: 'Look-ups whose loading failed.',
    read: ({ loadExceptionCount }) => loadExceptionCount,
  },
  {
    name: 'LoadSuccessCount',
    kind: 'counter',
    help: 'Look-ups whose loading succeeded.',
    read: ({ loadSuccessCount }) => loadSuccessCount,
  },
  {
    name: 'MissCount',
    kind: 'counter',
    help: 'Look-ups that had to load.',
    read: ({ missCount }) => missCount,
  },
  {
    name: 'TotalLoadTime',
    kind: 'counter',
    unit: 'nanoseconds',
    help: 'Time spent loading.',
    read: ({ totalLoadTimeNs }) => totalLoadTimeNs,
  },
  { name: 'isFull', kind: 'gauge', help: '1 when full, else 0.', read: ({ isFull }) => Number(isFull) },
];

/** The guide's `<CacheName>.<figure>`, with `_` for the dot, which Prometheus does not allow. */
export const caches: readonly ValueRow[] = cacheNames.flatMap((cache) =>
  cacheFigures.map(({ name, read, help, ...row }) =>
    plain(
      { ...row, name: `${cache}_${name}`, guideName: `${cache}.${name}`, help: `${cache}: ${help}` },
      ({ sources }) => {
        const reading = sources.caches?.[cache];
        return reading && read(reading);
      },
    ),
  ),
);
