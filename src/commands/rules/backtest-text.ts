/** A back-test's report as text for a person. */
import type { BacktestReport } from '../../model/index.js';
import { painter, plural, sayTime, table, type Terminal } from './terminal.js';

const hoursShownMax = 48;
const visitsShownMax = 10;
const chartWidth = 40;

export function tellReport(report: BacktestReport, terminal: Terminal): void {
  const paint = painter(terminal);
  const { stdout } = terminal;
  const heading = (text: string): void => void stdout.write(`\n${paint('bold', text)}\n`);
  const { visits, events, firings, threads, durationMs } = report;
  stdout.write(
    `${paint('bold', report.package)}: ${plural(visits, 'visit')} from ${sayTime(report.sinceMs)} to ` +
      `${sayTime(report.untilMs)}, ${plural(events, 'event')}\n` +
      `${plural(firings, 'firing')} in ${plural(report.firedVisits, 'visit')}; replayed in ` +
      `${(durationMs / 1_000).toFixed(1)} s by ${plural(threads, 'thread')}\n`,
  );
  heading('Rules of the draft, and live rules of the same name');
  stdout.write(
    table([
      ['rule', 'firings', 'visits', 'also live', 'only draft', 'only live'],
      ...report.rules.map((row) => [
        row.rule,
        row.firings,
        row.visits,
        row.alsoLive,
        row.onlyDraft,
        row.onlyLive,
      ]),
    ]),
  );
  heading('What live rules fired in these visits');
  stdout.write(
    report.live.length === 0
      ? 'nothing\n'
      : table([
          ['rule', 'firings', 'visits', 'package'],
          ...report.live.map((row) => [row.rule, row.firings, row.visits, row.package]),
        ]),
  );
  if (report.overlap.length > 0) {
    heading('Visits in which both fired');
    stdout.write(
      table([
        ['draft', 'visits', 'live'],
        ...report.overlap.map((row) => [row.rule, row.visits, `${row.liveRule} (${row.livePackage})`]),
      ]),
    );
  }
  heading('Firings by hour (UTC)');
  stdout.write(chart(report));
  if (report.fired.length > 0) {
    heading(`Visits that fired (${Math.min(visitsShownMax, report.fired.length)} of ${report.firedVisits})`);
    stdout.write(
      table(
        report.fired
          .slice(0, visitsShownMax)
          .map(({ visitID, startDate, firings: own }) => [
            visitID,
            sayTime(startDate),
            [...new Set(own.map(({ rule }) => rule))].join(', '),
          ]),
      ),
    );
  }
  for (const { rule, reason, visits: count } of report.suspended) {
    stdout.write(`${paint('red', 'suspended')}: "${rule}" in ${plural(count, 'visit')} (${reason})\n`);
  }
}

/** The newest hours with firings, a bar each. */
function chart({ rules }: BacktestReport): string {
  const hours = new Map<number, number>();
  for (const rule of rules) {
    for (const [hour, firings] of rule.hours) hours.set(hour, (hours.get(hour) ?? 0) + firings);
  }
  const rows = [...hours].sort(([left], [right]) => left - right);
  if (rows.length === 0) return 'none\n';
  const shown = rows.slice(-hoursShownMax);
  const most = Math.max(...shown.map(([, firings]) => firings));
  const text = table(
    shown.map(([hour, firings]) => [
      sayTime(hour).slice(0, 16),
      firings,
      '█'.repeat(Math.max(1, Math.round((firings / most) * chartWidth))),
    ]),
  );
  const hidden = rows.length - shown.length;
  return hidden === 0 ? text : `… ${plural(hidden, 'earlier hour')} left out\n${text}`;
}
