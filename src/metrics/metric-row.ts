// The one form of every row of the metrics catalogue. The registry, the reference page and the tests read the
// same rows. Nothing is counted here: a row says how to read its value when somebody asks for it.
import type { Readings } from './readings.js';

export interface Sample {
  readonly value: number;
  readonly labels?: Readonly<Record<string, string>>;
}

interface CommonRow {
  /** Its name at `GET /metrics`: letters, digits and `_`. */
  readonly name: string;
  /** The guide's name of it, when it has one. */
  readonly guideName?: string;
  readonly help: string;
  readonly unit?: 'seconds' | 'nanoseconds' | 'milliseconds' | 'bytes' | 'ratio';
  readonly labels?: readonly string[];
}

export interface ValueRow extends CommonRow {
  /** A counter only rises while the process lives; a gauge is what is now. */
  readonly kind: 'counter' | 'gauge';
  read(readings: Readings): readonly Sample[];
}

/** Recorded by `Metrics` itself, once for each batch. */
export interface HistogramRow extends CommonRow {
  readonly kind: 'histogram';
  readonly buckets: readonly number[];
}

export type MetricRow = ValueRow | HistogramRow;

/** A metric without labels; one whose reading is undefined is left out. */
export function plain(
  row: Omit<ValueRow, 'read' | 'labels'>,
  read: (readings: Readings) => number | undefined,
): ValueRow {
  return {
    ...row,
    read(readings) {
      const value = read(readings);
      return value === undefined ? [] : [{ value }];
    },
  };
}
