/** What the page works out of a picture: pure, so that it can be tested without a browser. */
import type { ClusterNodePicture, ClusterPicture } from '../../../model/index.js';

export type NodeState = 'serving' | 'draining' | 'drained' | 'waiting' | 'away';

export function stateOf({ report, isMember, isDraining }: ClusterNodePicture): NodeState {
  if (report === null) return 'away';
  if (isDraining && isMember) return report.served + report.copies > 0 ? 'draining' : 'drained';
  return report.notServing === '' ? 'serving' : 'waiting';
}

export interface Totals {
  partitions: number;
  served: number;
  /** Served, and with no copy elsewhere. */
  alone: number;
  moving: number;
  answering: number;
}

export function totalsOf({ servers, backups, moving, nodes }: ClusterPicture): Totals {
  let [served, alone] = [0, 0];
  for (const [partition, server] of servers.entries()) {
    if (server < 0) continue;
    served++;
    if ((backups[partition] ?? -1) < 0) alone++;
  }
  return {
    partitions: servers.length,
    served,
    alone,
    moving: moving.length,
    answering: nodes.filter(({ report }) => report !== null).length,
  };
}

/** The worst thing that is so now, from nothing served to all well. */
export type Verdict = 'notFormed' | 'noMajority' | 'unserved' | 'alone' | 'moving' | 'away' | 'well';

export function verdictOf(picture: ClusterPicture): Verdict {
  const totals = totalsOf(picture);
  if (picture.epoch === 0) return 'notFormed';
  if (totals.served === 0) return 'noMajority';
  if (totals.served < totals.partitions) return 'unserved';
  if (picture.configured > 1 && totals.alone > 0) return 'alone';
  if (totals.moving > 0) return 'moving';
  return totals.answering < picture.nodes.length ? 'away' : 'well';
}

/** How many partitions each node serves (rows) with the first copy at each node (columns; last: nowhere). */
export function pairsOf({ servers, backups, nodes }: ClusterPicture): number[][] {
  const rows = nodes.map(() => new Array<number>(nodes.length + 1).fill(0));
  for (const [partition, server] of servers.entries()) {
    const backup = backups[partition] ?? -1;
    const row = rows[server];
    const column = backup < 0 ? nodes.length : backup;
    if (row !== undefined) row[column] = (row[column] ?? 0) + 1;
  }
  return rows;
}

/** How much of what a node had at the beginning of its drain it has given away, from 0 to 1. */
export function drainProgress(left: number, most: number): number {
  return most === 0 ? 1 : Math.min(1, Math.max(0, 1 - left / most));
}
