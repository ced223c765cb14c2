/** What the log tells of a node's place among the others, and how seldom it repeats itself. */
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { createReports } from '../../../../src/cluster/node/reports.js';

function makeReports() {
  const lines: string[] = [];
  const time = { nowMs: 0 };
  const logger = pino(
    { base: null, timestamp: false, formatters: { level: (level) => ({ level }) } },
    { write: (line: string) => void lines.push(line.trim()) },
  );
  return { reports: createReports({ monotonicMs: () => time.nowMs }, logger), lines, time };
}

it('warns of a node that was reached and goes, not of one that is not there yet', () => {
  const { reports, lines } = makeReports();
  reports.reach('b', false, 'nothing listens there');
  reports.reach('b', true, undefined);
  reports.reach('b', false, 'the connection was lost');
  expect(lines.map((line) => (JSON.parse(line) as { level: string }).level)).toEqual([
    'info',
    'info',
    'warn',
  ]);
});

it('tells a refused caller once a minute, with how often it came', () => {
  const { reports, lines, time } = makeReports();
  for (let call = 0; call < 60; call++) {
    time.nowMs = call * 2_000;
    reports.refused(`127.0.0.1:${40_000 + call}`, 'its certificate is not for c');
  }
  expect(lines).toHaveLength(2);
  expect(lines[1]).toContain('"before":29');
  reports.refused('127.0.0.2:4', 'its certificate is not for c');
  reports.refused('127.0.0.1:4', 'another reason');
  expect(lines).toHaveLength(4);
});

it('bounds what it remembers of callers', () => {
  const { reports, lines } = makeReports();
  for (let caller = 0; caller < 3_000; caller++) reports.refused(`caller ${caller}`, 'no key');
  expect(lines).toHaveLength(3_000);
  reports.refused('caller 2999', 'no key');
  expect(lines).toHaveLength(3_000);
});

it('says once that it serves, and once why it does not', () => {
  const { reports, lines } = makeReports();
  for (const reason of ['not formed', 'not formed', undefined, undefined, 'no majority']) {
    reports.serving(reason);
  }
  expect(lines).toHaveLength(3);
  expect(lines[0]).toContain('"reason":"not formed"');
  expect(lines[1]).toContain('"msg":"this node serves"');
});
