/** Durations as DRL writes them: `10s`, `1h30m`, `500ms`, or a bare number of milliseconds. */
import type { Cursor } from './cursor.js';
import { described } from './cursor.js';

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds of `text`; undefined when it is not a duration. */
export function parseDuration(text: string): number | undefined {
  if (/^\d+$/.test(text)) return Number(text);
  if (!/^(?:\d+(?:ms|[dhms]))+$/.test(text)) return undefined;
  let total = 0;
  for (const [, count, unit] of text.matchAll(/(\d+)(ms|[dhms])/g))
    total += Number(count) * (unitMs[unit ?? ''] ?? 0);
  return Number.isSafeInteger(total) ? total : undefined;
}

/** `ms` as the shortest DRL duration. */
export function formatDuration(ms: number): string {
  for (const unit of ['d', 'h', 'm', 's'] as const) {
    const size = unitMs[unit] ?? 1;
    if (ms !== 0 && ms % size === 0) return `${ms / size}${unit}`;
  }
  return ms === 0 ? '0s' : `${ms}ms`;
}

/** `ms` as people say it. */
export function sayDuration(ms: number): string {
  if (ms % 1_000 !== 0) return `${ms} ms`;
  if (ms % 60_000 !== 0 || ms === 0) return `${ms / 1_000} s`;
  if (ms % 3_600_000 !== 0) return `${ms / 60_000} min`;
  return `${ms / 3_600_000} h`;
}

/** Reads a duration, perhaps signed, perhaps infinite (`*`). */
export function readDuration(cursor: Cursor, what: string): number {
  const start = cursor.token;
  const negative = cursor.takeMark('-');
  if (!negative) cursor.takeMark('+');
  if (cursor.takeMark('*')) return negative ? -Infinity : Infinity;
  const text = cursor.token.kind === 'number' ? cursor.advance().text : '';
  const ms = text === '' ? undefined : parseDuration(text);
  if (ms === undefined) {
    const found = text === '' ? described(cursor.token) : `"${text}"`;
    cursor.fail(
      start,
      `${what} expected, but found ${found}`,
      'Write a duration such as 500ms, 30s, 5m, 1h30m or 2d.',
    );
  }
  return negative ? -ms : ms;
}
