/**
 * The view machine: who belongs to the cluster now, agreed by a majority of the configured nodes, one epoch
 * after the other; and this node's lease, without which it serves nothing.
 *
 *     no view --(all said fresh, or init)--> voting on epoch 1 --decided--> in a view
 *     in a view, named  : votes, acknowledges heartbeats, holds a lease while a majority acknowledges its own
 *     in a view, an earlier boot named : votes and acknowledges; no lease until a view names this boot
 *     in a view, not named (observer)  : only learns, until a view decided by the others admits it
 */
import { unreachable } from '../../base/index.js';
import type { NodeIdentity } from '../identity.js';
import { receiveAccept, receivePrepare } from './acceptor.js';
import { considerFormation, receiveFreshAnswer, receiveFreshAsk } from './formation.js';
import { learn, refuseForeign } from './install.js';
import { receiveHeartbeat, receiveHeartbeatAck, sendHeartbeats, watchLease } from './lease.js';
import { reportSilent } from './liveness.js';
import { answerWish, pursueWish, receiveCommand, receiveRecover, receiveRecovered } from './operator.js';
import { considerProposal, receiveAccepted, receivePromise, receiveRefused } from './proposer.js';
import { clusterIdOf, type ViewState } from './state.js';
import { clear, raise, send, settle, type Turn } from './turn.js';
import type { ViewEffect, ViewInput, ViewMessage } from './types.js';

/** After a refused write the state is written again this much later. */
const keepRetryMs = 1_000;

/** Changes `state`; `nowMs` is the node's own monotonic clock. */
export function stepView(state: ViewState, input: ViewInput, nowMs: number): ViewEffect[] {
  const turn: Turn = { state, nowMs, effects: [], answers: [] };
  receive(turn, input);
  // Answers to oneself may call for more writing, whose answers come after their own ticket.
  for (let own = settle(turn); own.length > 0; own = settle(turn)) {
    for (const message of own) receiveMessage(turn, state.self, message);
  }
  return turn.effects;
}

function receive(turn: Turn, input: ViewInput): void {
  const { state } = turn;
  switch (input.kind) {
    case 'tick':
      tick(turn);
      break;
    case 'peerMessage':
      receiveMessage(turn, input.from, input.message);
      break;
    case 'alive':
      state.alive = new Map(
        input.peers.filter(({ name }) => name !== state.self.name).map((peer) => [peer.name, peer]),
      );
      break;
    case 'stateKept':
      state.ticketKept = Math.max(state.ticketKept, input.ticket);
      state.keepFailure = undefined;
      clear(turn, 'stateNotKept', 'the state file is written again');
      break;
    case 'stateFailed':
      // What was not kept is never answered: the asker takes it for a lost message.
      state.held = state.held.filter(({ ticket }) => ticket > input.ticket);
      state.keepFailure = input.reason;
      state.keepRetryMs = turn.nowMs + keepRetryMs;
      raise(
        turn,
        'stateNotKept',
        `the state file can not be written, so this node does not vote: ${input.reason}`,
      );
      break;
    case 'silent':
      reportSilent(turn, input.peer);
      break;
    case 'operator':
      receiveCommand(turn, input.id, input.command);
      break;
    default:
      unreachable(input, 'input of the view machine');
  }
}

function tick(turn: Turn): void {
  const { state, nowMs } = turn;
  if (state.keepFailure !== undefined && nowMs >= state.keepRetryMs) {
    state.keepRetryMs = nowMs + keepRetryMs;
    state.dirty = true;
  }
  // An incarnation that is not on disk yet must not be told to anybody: a restart would use another one.
  if (state.ticketKept === 0) return;
  if (nowMs >= state.heartbeatDueMs) {
    considerFormation(turn);
    pursueWish(turn);
    sendHeartbeats(turn);
  }
  considerProposal(turn);
  answerWish(turn);
  watchLease(turn);
}

/**
 * Whether the sender may be listened to: it has no cluster yet, or this one; or it brings this node
 * its own.
 */
function isOfThisCluster(turn: Turn, from: NodeIdentity, message: ViewMessage): boolean {
  const { state } = turn;
  if (!('clusterId' in message) || message.kind === 'recovered') return true;
  const own = clusterIdOf(state);
  if (message.clusterId === '' || message.clusterId === own) {
    if (state.foreign.delete(from.name) && state.foreign.size === 0) {
      clear(turn, 'foreignCluster', 'no node of another cluster calls any more');
    }
    return true;
  }
  if (own !== '') {
    refuseForeign(turn, from.name, message.clusterId);
  } else if (message.kind === 'heartbeat') {
    send(turn, from.name, { kind: 'askView', clusterId: '', epoch: 0 });
  }
  return false;
}

function receiveMessage(turn: Turn, from: NodeIdentity, message: ViewMessage): void {
  if (!isOfThisCluster(turn, from, message)) return;
  switch (message.kind) {
    case 'heartbeat':
      receiveHeartbeat(turn, from, message);
      break;
    case 'heartbeatAck':
      receiveHeartbeatAck(turn, from, message);
      break;
    case 'freshAsk':
      receiveFreshAsk(turn, from, message);
      break;
    case 'freshAnswer':
      receiveFreshAnswer(turn, from, message);
      break;
    case 'prepare':
      receivePrepare(turn, from, message);
      break;
    case 'promise':
      receivePromise(turn, from, message);
      break;
    case 'accept':
      receiveAccept(turn, from, message);
      break;
    case 'accepted':
      receiveAccepted(turn, from, message);
      break;
    case 'refused':
      receiveRefused(turn, from, message);
      break;
    case 'askView': {
      const { view } = turn.state.kept;
      if (view !== undefined && view.epoch > message.epoch) send(turn, from.name, { kind: 'decided', view });
      break;
    }
    case 'decided':
      learn(turn, from.name, message.view);
      break;
    case 'recover':
      receiveRecover(turn, from, message);
      break;
    case 'recovered':
      receiveRecovered(turn, from, message);
      break;
    default:
      unreachable(message, 'message of the view machine');
  }
}
