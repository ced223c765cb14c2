/**
 * The voting half of Paxos for the epoch after this node's view. A promise and an acceptance are on disk
 * before they are answered, and only incarnations that the view admits vote or are voted for.
 */
import { isAdmitted, type NodeIdentity } from '../identity.js';
import { compareBallots } from './ballot.js';
import { clusterIdOf, epochOf, mayVote } from './state.js';
import { keep, send, sendWhenKept, type Turn } from './turn.js';
import type { Ballot, ViewMessage } from './types.js';

type Prepare = Extract<ViewMessage, { kind: 'prepare' }>;
type Accept = Extract<ViewMessage, { kind: 'accept' }>;

/** Whether a vote for `epoch` is this node's to give; whoever is behind is told, or asked. */
function mayAnswer(turn: Turn, from: NodeIdentity, { epoch, ballot }: Prepare | Accept): boolean {
  const { state } = turn;
  const { view } = state.kept;
  const own = epochOf(state);
  if (view !== undefined && epoch <= own) {
    send(turn, from.name, { kind: 'decided', view });
    return false;
  }
  if (epoch !== own + 1) {
    send(turn, from.name, { kind: 'askView', clusterId: clusterIdOf(state), epoch: own });
    return false;
  }
  if (state.keepFailure !== undefined || !mayVote(state)) return false;
  return view === undefined || isAdmitted(view, { name: ballot.node, incarnation: ballot.incarnation });
}

/** Refuses a ballot below the promised one. */
function isOutvoted(turn: Turn, from: NodeIdentity, epoch: number, ballot: Ballot): boolean {
  const { state } = turn;
  const { promised } = state.kept;
  if (promised === undefined || compareBallots(ballot, promised) >= 0) return false;
  send(turn, from.name, { kind: 'refused', clusterId: clusterIdOf(state), epoch, ballot, promised });
  return true;
}

export function receivePrepare(turn: Turn, from: NodeIdentity, message: Prepare): void {
  const { state } = turn;
  const { epoch, ballot } = message;
  if (!mayAnswer(turn, from, message) || isOutvoted(turn, from, epoch, ballot)) return;
  keep(turn, { promised: ballot });
  const { accepted } = state.kept;
  sendWhenKept(turn, from.name, {
    kind: 'promise',
    clusterId: clusterIdOf(state),
    epoch,
    ballot,
    ...(accepted === undefined ? {} : { accepted }),
  });
}

export function receiveAccept(turn: Turn, from: NodeIdentity, message: Accept): void {
  const { state } = turn;
  const { epoch, ballot, view } = message;
  if (view.epoch !== epoch) return;
  if (!mayAnswer(turn, from, message) || isOutvoted(turn, from, epoch, ballot)) return;
  keep(turn, { promised: ballot, accepted: { ballot, view } });
  sendWhenKept(turn, from.name, { kind: 'accepted', clusterId: clusterIdOf(state), epoch, ballot });
}
