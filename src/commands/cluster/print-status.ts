/** The state of a cluster as a person reads it: one row per node. */
import type { ClusterStatus } from '../../cluster/index.js';

export type NodeAnswer = { name: string; status: ClusterStatus } | { name: string; error: string };

const columns = ['node', 'epoch', 'lease', 'served', 'backed', 'alone', 'moving', 'copies', 'log', 'state'];

export function printStatus(answers: readonly NodeAnswer[]): string {
  const rows = answers.map((answer) =>
    'status' in answer ? rowOf(answer.name, answer.status) : [answer.name, ...blanks, answer.error],
  );
  const all = [columns, ...rows];
  const widths = columns.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  const lines = all.map((row) =>
    row
      .map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
      .join('  '),
  );
  const alarms = answers.flatMap((answer) =>
    'status' in answer ? answer.status.alarms.map((alarm) => `! ${answer.name}: ${alarm}`) : [],
  );
  return [...lines, ...alarms, ''].join('\n');
}

const blanks = columns.slice(2).map(() => '-');

function rowOf(name: string, { view, partitions, serving }: ClusterStatus): string[] {
  const { served, backed, underReplicated, moving, copiesHeld, logBytes } = partitions;
  return [
    name,
    String(view.view?.epoch ?? '-'),
    `${Math.round(view.leaseLeftMs)} ms`,
    String(served),
    String(backed),
    String(underReplicated),
    String(moving),
    String(copiesHeld),
    `${(logBytes / 1e6).toFixed(1)} MB`,
    serving.ok ? 'serving' : serving.reason,
  ];
}
