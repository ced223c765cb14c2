/**
 * Who serves what, told by the servers to every member: repeated until it is taken, and newer grants win.
 */
import type { NodeName } from '../identity.js';
import { closeJournal } from './journal.js';
import type { PartitionMessage } from './messages.js';
import { isBackedSurely } from './remote-copy.js';
import { cease, knownPartition, type Peer, place, send, type Turn } from './state.js';

type Serving = Extract<PartitionMessage, { kind: 'serving' }>;

/** What a change that is no news for routing may wait, so that one message tells many of them. */
const quietMs = 50;

/** Tells the members that do not know it yet what this node serves. */
export function tellServing(turn: Turn): void {
  const { state, nowMs } = turn;
  if (!state.live) return;
  let message: Serving | undefined;
  for (const [name, peer] of state.peers) {
    if (peer.servingTaken >= state.servingVersion) continue;
    const isNew = peer.servingSent < state.servingVersion;
    if (nowMs - peer.servingSentAtMs < (isNew ? quietMs : state.settings.resendMs)) continue;
    message ??= servingOf(turn);
    peer.servingSentAtMs = nowMs;
    peer.servingSent = state.servingVersion;
    send(turn, name, message);
  }
}

function servingOf({ state }: Turn): Serving {
  const message: Serving = {
    kind: 'serving',
    epoch: state.epoch,
    version: state.servingVersion,
    partitions: [],
    grants: [],
    backed: [],
    copiesHeld: 0,
  };
  for (const { index, service, copy } of state.partitions) {
    if (service !== undefined) {
      message.partitions.push(index);
      message.grants.push(service.grant);
      message.backed.push(isBackedSurely(service));
    } else if (copy !== undefined) message.copiesHeld++;
  }
  return message;
}

export function takeServing(turn: Turn, from: NodeName, peer: Peer, message: Serving): void {
  const { state } = turn;
  const { epoch, version } = message;
  send(turn, from, { kind: 'servingTaken', epoch, version });
  if (version < peer.servingVersion) return;
  peer.servingVersion = version;
  peer.copiesHeld = message.copiesHeld;
  peer.servesCount = message.partitions.length;
  message.partitions.forEach((index, row) => {
    const partition = knownPartition(state, index);
    const grant = message.grants[row] ?? 0;
    if (partition === undefined || grant < partition.grant || partition.service !== undefined) return;
    partition.grant = grant;
    place(state, partition, from);
    cease(turn, partition);
    if (message.backed[row] === true) dropOld(turn, index);
  });
}

/** Another copy is in sync with the server: one of an older epoch, here or in the journal, is of no use. */
function dropOld(turn: Turn, index: number): void {
  const { state } = turn;
  const partition = knownPartition(state, index);
  if (partition?.copy !== undefined && partition.copy.epoch < state.epoch) {
    partition.copy = undefined;
    state.servingVersion++;
  }
  if (state.journal.claims.has(index) && !state.journal.closes.includes(index)) {
    if (state.leavingAt === undefined) closeJournal(turn, index, undefined);
  }
}
