/**
 * The copies that this node holds for the servers of other nodes.
 *
 *     nothing -> filling -> full -> (dropped when the server says so)
 *                             |
 *                             v
 *         (a newer epoch) old copy -> stamped: full again, in the new epoch
 *                                  -> dropped when another copy is in sync there
 *
 * What is full is kept until a newer one is called full by its server. Generations tell a server's beginnings
 * apart: who asks about one that is over is told so. A server that gives up filling a copy does not say so:
 * what it has been silent about for longer than it would wait itself is dropped.
 */
import type { NodeName } from '../identity.js';
import { adopt, createLog, drop, take } from './log.js';
import type { PartitionMessage } from './messages.js';
import {
  cease,
  type Copy,
  knownPartition,
  outboxOf,
  type Partition,
  type Peer,
  type PartitionsState,
  sendFullOutbox,
  type Turn,
} from './state.js';

type Frames = Extract<PartitionMessage, { kind: 'frames' }>;

/** Everything of one message from a server; the answer goes into the outbox. */
export function takeFrames(turn: Turn, from: NodeName, peer: Peer, frames: Frames): void {
  const { state } = turn;
  // What a process keeps for its next start is written: acknowledging more would promise too much.
  if (state.leavingAt !== undefined) return;
  const answered = new Set<Partition>();
  const each = <Row extends { partition: number; generation: number }>(
    rows: readonly Row[],
    use: (partition: Partition, row: Row) => boolean,
  ): void => {
    for (const row of rows) {
      const partition = knownPartition(state, row.partition);
      if (partition === undefined || partition.service !== undefined) continue;
      // Who serves elsewhere is heard here before it is told.
      cease(turn, partition);
      if (use(partition, row)) answered.add(partition);
      else if (row.generation <= partition.generation) tellAbsent(turn, from, peer, row);
    }
  };
  each(frames.stamps, (partition, row) => stamp(state, partition, row));
  each(frames.seeds, (partition, row) => seed(state, partition, row));
  each(frames.batches, (partition, row) => {
    const copy = copyOf(state, partition, row.generation);
    if (copy === undefined) return false;
    if (take(copy.log, row.previousSeq, row)) adopt(copy.log, row.adopted);
    else {
      tell(turn, from, peer, { ...answerOf(partition, copy), gap: true });
      return true;
    }
    return true;
  });
  each(frames.fulls, (partition, row) => markFull(state, partition, row));
  each(frames.leaves, (partition, row) => {
    leave(state, partition, row.generation);
    return false;
  });
  for (const { partition: index, seq } of frames.released) {
    const partition = knownPartition(state, index);
    if (partition === undefined || partition.service !== undefined) continue;
    for (const copy of [partition.copy, partition.filling]) {
      if (copy?.epoch === state.epoch) drop(copy.log, seq);
    }
  }
  for (const partition of answered) {
    partition.fillingHeardMs = turn.nowMs;
    answer(turn, from, peer, partition);
  }
}

/** In times of `resendMs`: a server has sent again by then, or given up. */
const abandonedAfter = 16;

/** Forgets copies that nobody fills any more. */
export function dropAbandoned({ state, nowMs }: Turn): void {
  const sinceMs = nowMs - abandonedAfter * state.settings.resendMs;
  for (const partition of state.partitions) {
    if (partition.filling !== undefined && partition.fillingHeardMs < sinceMs) partition.filling = undefined;
  }
}

/** The copy, full or being filled, that a server means in this epoch. */
function copyOf(state: PartitionsState, partition: Partition, generation: number): Copy | undefined {
  const { copy, filling } = partition;
  if (filling?.generation === generation) return filling;
  return copy?.epoch === state.epoch && copy.generation === generation ? copy : undefined;
}

/** The copy of the epoch before goes on in this one. */
function stamp(
  state: PartitionsState,
  partition: Partition,
  { grant, generation }: { grant: number; generation: number },
): boolean {
  if (copyOf(state, partition, generation) !== undefined) return true;
  const { copy } = partition;
  if (copy === undefined || copy.epoch >= state.epoch || generation <= partition.generation) {
    // Asked for a copy that is not here: the server must not count on it.
    partition.generation = Math.max(partition.generation, generation);
    return false;
  }
  copy.epoch = state.epoch;
  copy.generation = generation;
  copy.unstamped = [];
  partition.generation = generation;
  partition.grant = Math.max(partition.grant, grant);
  return true;
}

function seed(state: PartitionsState, partition: Partition, row: Frames['seeds'][number]): boolean {
  if (copyOf(state, partition, row.generation) !== undefined) return true;
  if (row.generation <= partition.generation || row.grant < partition.grant) return false;
  partition.generation = row.generation;
  partition.filling = undefined;
  if (copyBytes(state) > state.settings.copyBytesMax) return false;
  partition.grant = row.grant;
  partition.filling = {
    epoch: state.epoch,
    generation: row.generation,
    log: createLog(row),
    unstamped: [],
  };
  return true;
}

/** Payload bytes that this node holds for others. */
export function copyBytes(state: PartitionsState): number {
  let bytes = 0;
  for (const { copy, filling, service } of state.partitions) {
    if (service === undefined && copy !== undefined) bytes += copy.log.bytes;
    if (filling !== undefined) bytes += filling.log.bytes;
  }
  return bytes;
}

function markFull(
  state: PartitionsState,
  partition: Partition,
  { generation, seq }: { generation: number; seq: number },
): boolean {
  const { filling } = partition;
  if (filling?.generation === generation && filling.log.lastSeq >= seq) {
    partition.copy = filling;
    partition.filling = undefined;
  }
  return copyOf(state, partition, generation) !== undefined;
}

/** The server needs the copy no longer, and will hear that it is gone. */
function leave(state: PartitionsState, partition: Partition, generation: number): void {
  partition.generation = Math.max(partition.generation, generation);
  const { copy, filling } = partition;
  if (filling?.generation === generation) partition.filling = undefined;
  if (copy?.epoch !== state.epoch || copy.generation !== generation) return;
  partition.copy = undefined;
  // Whoever waits for a drain counts the copies that this node tells of.
  state.servingVersion++;
}

function answerOf(partition: Partition, copy: Copy): Parameters<typeof tell>[3] {
  return {
    partition: partition.index,
    generation: copy.generation,
    seq: copy.log.lastSeq,
    full: copy === partition.copy,
    gap: false,
    absent: false,
  };
}

function answer(turn: Turn, from: NodeName, peer: Peer, partition: Partition): void {
  const { epoch } = turn.state;
  const copy = partition.filling ?? partition.copy;
  if (copy?.epoch === epoch && copy.generation > 0) tell(turn, from, peer, answerOf(partition, copy));
}

function tellAbsent(
  turn: Turn,
  from: NodeName,
  peer: Peer,
  { partition, generation }: { partition: number; generation: number },
): void {
  tell(turn, from, peer, { partition, generation, seq: 0, full: false, gap: false, absent: true });
}

function tell(
  turn: Turn,
  from: NodeName,
  peer: Peer,
  ack: ReturnType<typeof outboxOf>['acks'][number],
): void {
  outboxOf(peer, turn.state.epoch).acks.push(ack);
  sendFullOutbox(turn, from, peer);
}
