/** Durations and moments as people write them in scenario files and on the command line. */

const unitsMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const part = /([0-9]+(?:\.[0-9]+)?)(ms|s|m|h|d)/g;
const whole = /^(?:[0-9]+(?:\.[0-9]+)?(?:ms|s|m|h|d))+$/;

/**
 * `1h30m`, `45s`, `250ms` or a number of milliseconds, as whole milliseconds; undefined for anything else.
 */
export function readDuration(text: string | number): number | undefined {
  if (typeof text === 'number') return Number.isSafeInteger(text) && text >= 0 ? text : undefined;
  const trimmed = text.trim();
  if (/^[0-9]{1,15}$/.test(trimmed)) return Number(trimmed);
  if (!whole.test(trimmed)) return undefined;
  let sum = 0;
  for (const [, count, unit] of trimmed.matchAll(part)) sum += Number(count) * (unitsMs[unit ?? ''] ?? NaN);
  return Number.isSafeInteger(Math.round(sum)) ? Math.round(sum) : undefined;
}

/** The shortest way to write whole milliseconds: 90000 is `1m30s`. */
export function sayDuration(durationMs: number): string {
  if (durationMs === 0) return '0s';
  let rest = durationMs;
  let text = '';
  for (const unit of ['d', 'h', 'm', 's', 'ms']) {
    const size = unitsMs[unit] ?? 1;
    const count = Math.floor(rest / size);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * size;
  }
  return text;
}

/** `2026-03-01`, `2026-03-01T08:00Z`, or so long before `nowMs` (`7d`), as epoch milliseconds. */
export function readMoment(text: string, nowMs: number): number | undefined {
  if (text === 'now') return nowMs;
  const ago = /^[0-9]{1,15}$/.test(text) ? undefined : readDuration(text);
  if (ago !== undefined) return nowMs - ago;
  if (!/^[0-9]{4}-[0-9]{2}-[0-9]{2}/.test(text)) return undefined;
  const moment = Date.parse(text);
  return Number.isNaN(moment) ? undefined : moment;
}
