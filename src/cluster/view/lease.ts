/**
 * Heartbeats, and the lease that a member earns with them: it runs from the majority-th newest acknowledged
 * heartbeat, on the member's own clock.
 */
import { isAdmitted, isMember, type NodeIdentity, type NodeName } from '../identity.js';
import { reachOf, trustAgain } from './liveness.js';
import { clusterIdOf, epochOf, isInView, mayVote, quorumOf, type ViewState } from './state.js';
import { answering, whyNoMajority } from './status.js';
import { clear, keep, raise, send, type Turn } from './turn.js';
import type { ViewMessage } from './types.js';

type Heartbeat = Extract<ViewMessage, { kind: 'heartbeat' }>;
type HeartbeatAck = Extract<ViewMessage, { kind: 'heartbeatAck' }>;

/** Everybody who is to hear from this node, without itself. */
export function peersOf(state: ViewState): NodeName[] {
  const names = new Set(state.kept.view?.configured ?? state.configured);
  names.delete(state.self.name);
  return [...names];
}

/**
 * Whether this node acknowledges heartbeats of its epoch. Not once it has accepted a view for the next: from
 * then on the leases of this epoch run out.
 */
function acknowledges(state: ViewState): boolean {
  return state.kept.view !== undefined && mayVote(state) && state.kept.accepted === undefined;
}

export function sendHeartbeats(turn: Turn): void {
  const { state, nowMs } = turn;
  state.heartbeatDueMs = nowMs + state.settings.heartbeatMs;
  const epoch = epochOf(state);
  const message: Heartbeat = {
    kind: 'heartbeat',
    clusterId: clusterIdOf(state),
    epoch,
    sentAt: nowMs,
    acceptedEpoch: state.kept.accepted === undefined ? 0 : epoch + 1,
    reach: reachOf(state, nowMs),
  };
  for (const peer of peersOf(state)) send(turn, peer, message);
  if (acknowledges(state)) recordAck(state, state.self.name, nowMs);
}

export function receiveHeartbeat(turn: Turn, from: NodeIdentity, message: Heartbeat): void {
  const { state, nowMs } = turn;
  const { epoch, acceptedEpoch, sentAt } = message;
  const isKnown = state.configured.includes(from.name) || state.kept.view?.configured.includes(from.name);
  if (isKnown === true)
    state.words.set(from.name, {
      node: from,
      epoch,
      acceptedEpoch,
      reach: new Set(message.reach),
      atMs: nowMs,
    });
  const { view } = state.kept;
  const own = epochOf(state);
  if (epoch > own) {
    send(turn, from.name, { kind: 'askView', clusterId: clusterIdOf(state), epoch: own });
  } else if (view !== undefined && epoch < own) {
    send(turn, from.name, { kind: 'decided', view });
  } else if (view !== undefined && acknowledges(state) && isMember(view, from)) {
    const { clusterId } = view;
    send(turn, from.name, { kind: 'heartbeatAck', clusterId, epoch, sentAt, boot: from.boot });
  }
}

export function receiveHeartbeatAck({ state, nowMs }: Turn, from: NodeIdentity, message: HeartbeatAck): void {
  const { view } = state.kept;
  if (view?.epoch !== message.epoch || message.boot !== state.self.boot) return;
  if (message.sentAt > nowMs || !isAdmitted(view, from)) return;
  recordAck(state, from.name, message.sentAt);
  trustAgain(state, from.name, message.sentAt);
}

function recordAck(state: ViewState, name: NodeName, sentAt: number): void {
  const { view } = state.kept;
  if (view === undefined || !isInView(state)) return;
  if (sentAt <= (state.acks.get(name) ?? -1)) return;
  state.acks.set(name, sentAt);
  const sent = [...state.acks.values()].sort((one, other) => other - one);
  const basis = sent[quorumOf(state) - 1];
  if (basis !== undefined) state.leaseUntilMs = Math.max(state.leaseUntilMs, basis + view.terms.leaseMs);
}

/** Notes that older leases have run out everywhere, and says when this node's own does. */
export function watchLease(turn: Turn): void {
  const { state, nowMs } = turn;
  const { view, settledEpoch } = state.kept;
  if (view === undefined) return;
  if (settledEpoch !== view.epoch && nowMs >= state.installedMs + state.waitMs) {
    keep(turn, { settledEpoch: view.epoch });
  }
  if (nowMs < state.leaseUntilMs) {
    state.leaseLostMs = nowMs;
    clear(turn, 'noMajority', 'a majority of the configured nodes answers again');
  } else if (isInView(state) && nowMs - state.leaseLostMs > view.terms.leaseMs) {
    const reason = whyNoMajority(state) || answering(state).text;
    raise(turn, 'noMajority', `this node serves nothing: ${reason}`);
  }
}
