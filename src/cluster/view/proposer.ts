/**
 * The asking half of Paxos. A node that wants another view asks for promises, offers the view that was
 * accepted
 * before under the highest ballot (or else its own), and tells everybody once a majority has accepted it.
 *
 *     idle -- wanted for stableMs --> prepare -- majority promised --> accept -- majority accepted --> idle,
 * decided
 *      ^                                |                               |
 *      +---- refused, or proposalMs over: again after a while ----------+
 */
import { hash32 } from '../../base/index.js';
import {
  epochMax,
  isAdmitted,
  memberOf,
  sameBoots,
  type NodeIdentity,
  type NodeName,
  type View,
} from '../identity.js';
import { compareBallots, sameBallot } from './ballot.js';
import { install } from './install.js';
import { candidates, isReachedByMember } from './liveness.js';
import { contentOf, nextView } from './next-view.js';
import { clusterIdOf, epochOf, mayVote, quorumOf, type Proposal, type ViewState } from './state.js';
import { keep, note, send, sendWhenKept, type Turn } from './turn.js';
import type { AcceptedView, Ballot, ViewMessage } from './types.js';

/** Each live admitted node with an earlier name gets this many rounds of agreement before this one tries. */
const proposalsPerRank = 2;

/** Asked are all configured nodes, this one too. */
function voters(state: ViewState): readonly NodeName[] {
  return state.kept.view?.configured ?? state.configured;
}

function mayVoteNext({ kept }: ViewState, node: NodeIdentity): boolean {
  return kept.view === undefined || isAdmitted(kept.view, node);
}

/** Whether a node reports an accepted view that nobody is known to have decided. */
function hasUndecided(state: ViewState, nowMs: number): boolean {
  const epoch = epochOf(state) + 1;
  if (state.kept.accepted !== undefined) return true;
  for (const word of state.words.values()) {
    if (word.acceptedEpoch === epoch && nowMs - word.atMs <= state.settings.leaseMs) return true;
  }
  return false;
}

/** Why another view is wanted, as a key that stays the same while the reason does; undefined: it is not. */
function reasonFor(state: ViewState, nowMs: number): string | undefined {
  const { view } = state.kept;
  if (hasUndecided(state, nowMs)) return `undecided ${epochOf(state) + 1}`;
  const isSettled =
    view !== undefined &&
    !isWished(state) &&
    sameBoots(candidates(state, view.configured, nowMs), view.members);
  if (isSettled) return undefined;
  const next = nextView(state, nowMs);
  if (next === undefined || swapsMembers(state, next, nowMs)) return undefined;
  return view !== undefined && contentOf(view) === contentOf(next) ? undefined : contentOf(next);
}

/**
 * A node outside of the view does not put itself in the place of a member that answers it, or answers other
 * members: that member would do the same, and so on.
 */
function swapsMembers(state: ViewState, next: View, nowMs: number): boolean {
  const { view } = state.kept;
  if (view === undefined || memberOf(view, state.self.name) !== undefined) return false;
  return view.members.some(
    (member) =>
      memberOf(next, member.name) === undefined &&
      (state.alive.get(member.name)?.boot === member.boot || isReachedByMember(state, view, member, nowMs)),
  );
}

/** How many admitted nodes that answer come before this one. */
function rankOf(state: ViewState, nowMs: number): number {
  return candidates(state, voters(state), nowMs).filter(
    (node) => node.name < state.self.name && mayVoteNext(state, node),
  ).length;
}

function isWished(state: ViewState): boolean {
  const kind = state.wish?.command.kind;
  return kind !== undefined && kind !== 'init' && kind !== 'recover';
}

/** Starts a proposal when one is wanted and this node's turn has come; called at every tick. */
export function considerProposal(turn: Turn): void {
  const { state, nowMs } = turn;
  if (state.proposal !== undefined) {
    maintainProposal(turn, state.proposal);
    return;
  }
  const key = mayVote(state) && state.keepFailure === undefined ? reasonFor(state, nowMs) : undefined;
  if (key === undefined) {
    state.wanted = undefined;
    return;
  }
  if (state.wanted?.key !== key) state.wanted = { key, sinceMs: nowMs };
  const { stableMs, proposalMs } = state.settings;
  const alone = voters(state).length === 1;
  const patienceMs = alone ? 0 : stableMs + rankOf(state, nowMs) * proposalsPerRank * proposalMs;
  const isDue = isWished(state) || nowMs - state.wanted.sinceMs >= patienceMs;
  if (isDue && nowMs >= state.proposeAfterMs) startProposal(turn);
}

function startProposal(turn: Turn): void {
  const { state, nowMs } = turn;
  const epoch = epochOf(state) + 1;
  if (epoch > epochMax) return;
  const { name, incarnation } = state.self;
  const round = Math.max(state.kept.round, state.kept.promised?.round ?? 0, state.roundSeen) + 1;
  const ballot: Ballot = { round, node: name, incarnation };
  // A round that is not on disk could be used again after a restart, for another view.
  keep(turn, { round });
  state.proposal = {
    epoch,
    ballot,
    phase: 'prepare',
    promises: new Map(),
    accepts: new Set(),
    view: undefined,
    startedMs: nowMs,
    sentMs: nowMs,
  };
  ask(turn, state.proposal);
}

/** Sends the question of the phase to all who have not answered it. */
function ask(turn: Turn, { epoch, ballot, phase, promises, accepts, view }: Proposal): void {
  const { state } = turn;
  const clusterId = clusterIdOf(state);
  const answered = phase === 'prepare' ? promises : accepts;
  const message: ViewMessage =
    view === undefined
      ? { kind: 'prepare', clusterId, epoch, ballot }
      : { kind: 'accept', clusterId, epoch, ballot, view };
  for (const voter of voters(state)) {
    if (!answered.has(voter)) sendWhenKept(turn, voter, message);
  }
}

function maintainProposal(turn: Turn, proposal: Proposal): void {
  const { state, nowMs } = turn;
  if (nowMs - proposal.startedMs > state.settings.proposalMs) {
    abandon(turn, 'too few nodes answered in time');
  } else if (nowMs - proposal.sentMs >= state.settings.heartbeatMs) {
    proposal.sentMs = nowMs;
    ask(turn, proposal);
  }
}

/** Gives this attempt up; the next one comes after a while that differs from node to node. */
function abandon(turn: Turn, reason: string): void {
  const { state, nowMs } = turn;
  const { proposal, settings } = state;
  if (proposal === undefined) return;
  state.proposal = undefined;
  const { round } = proposal.ballot;
  const fraction = hash32(`${state.self.name} ${state.self.boot} ${round}`) / 2 ** 32;
  state.proposeAfterMs = nowMs + Math.round(settings.proposalMs * (0.25 + fraction));
  note(turn, 'info', 'a proposal for the next view was given up', { epoch: proposal.epoch, round, reason });
}

function proposalOf(
  state: ViewState,
  from: NodeIdentity,
  { epoch, ballot }: { epoch: number; ballot: Ballot },
): Proposal | undefined {
  const { proposal } = state;
  if (proposal?.epoch !== epoch || !sameBallot(proposal.ballot, ballot)) return undefined;
  return mayVoteNext(state, from) && voters(state).includes(from.name) ? proposal : undefined;
}

export function receivePromise(
  turn: Turn,
  from: NodeIdentity,
  message: Extract<ViewMessage, { kind: 'promise' }>,
): void {
  const { state, nowMs } = turn;
  const proposal = proposalOf(state, from, message);
  if (proposal?.phase !== 'prepare') return;
  proposal.promises.set(from.name, message.accepted);
  if (proposal.promises.size < quorumOf(state)) return;
  const before = newestOf(proposal.promises.values());
  const view = before?.view ?? nextView(state, nowMs, proposal.ballot);
  if (view === undefined) {
    abandon(turn, 'too few nodes are alive');
    return;
  }
  proposal.phase = 'accept';
  proposal.view = view;
  proposal.sentMs = nowMs;
  ask(turn, proposal);
}

function newestOf(accepted: Iterable<AcceptedView | undefined>): AcceptedView | undefined {
  let newest: AcceptedView | undefined;
  for (const one of accepted) {
    if (one === undefined) continue;
    if (newest === undefined || compareBallots(one.ballot, newest.ballot) > 0) newest = one;
  }
  return newest;
}

export function receiveAccepted(
  turn: Turn,
  from: NodeIdentity,
  message: Extract<ViewMessage, { kind: 'accepted' }>,
): void {
  const { state } = turn;
  const proposal = proposalOf(state, from, message);
  if (proposal?.phase !== 'accept' || proposal.view === undefined) return;
  proposal.accepts.add(from.name);
  if (proposal.accepts.size < quorumOf(state)) return;
  announce(turn, proposal.view);
  install(turn, proposal.view);
}

/** Tells the view to all it names, to all configured before, and to all who answer. */
function announce(turn: Turn, view: View): void {
  const { state } = turn;
  const names = new Set([...view.configured, ...voters(state), ...state.alive.keys()]);
  for (const name of names) send(turn, name, { kind: 'decided', view });
}

export function receiveRefused(
  turn: Turn,
  from: NodeIdentity,
  message: Extract<ViewMessage, { kind: 'refused' }>,
): void {
  const { state } = turn;
  if (proposalOf(state, from, message) === undefined) return;
  state.roundSeen = Math.max(state.roundSeen, message.promised.round);
  abandon(turn, `${from.name} has promised a higher ballot`);
}
