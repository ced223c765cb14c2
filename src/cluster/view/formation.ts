/**
 * The first view. A node may vote on it once every configured node has said that it is fresh: it knows of no
 * view. A node says so to one incarnation of each other node only, and remembers that on disk, or a wiped
 * node could vote a second time and two first views be decided.
 */
import { majorityOf, type NodeIdentity, type NodeName } from '../identity.js';
import { peersOf } from './lease.js';
import type { ViewState } from './state.js';
import { keep, note, raise, send, sendWhenKept, type Turn } from './turn.js';
import type { ViewMessage } from './types.js';

type FreshAsk = Extract<ViewMessage, { kind: 'freshAsk' }>;
type FreshAnswer = Extract<ViewMessage, { kind: 'freshAnswer' }>;

/** The nodes that an operator named in `init`, or undefined. */
function initNodes({ wish }: ViewState): readonly NodeName[] | undefined {
  return wish?.command.kind === 'init' ? wish.command.nodes : undefined;
}

/** Asks whoever has not yet said that it is fresh; called with every heartbeat. */
export function considerFormation(turn: Turn): void {
  const { state, nowMs } = turn;
  if (state.kept.view !== undefined) return;
  const named = initNodes(state);
  const asked = named ?? peersOf(state);
  const answered = named === undefined ? state.freshFrom : state.wish?.answered;
  const missing = asked.filter((name) => name !== state.self.name && answered?.has(name) !== true);
  if (missing.length === 0) openVote(turn);
  const { configured } = state;
  for (const name of missing) {
    if (!state.kept.open || named !== undefined) {
      send(turn, name, { kind: 'freshAsk', configured: [...configured], byOperator: named !== undefined });
    }
  }
  if (nowMs - state.startedMs > state.settings.operatorMs && !state.kept.open) {
    raise(
      turn,
      'notFormed',
      `the cluster is not formed: ${missing.join(', ')} did not say to be fresh; ` +
        `start them, or decide with 'beckon cluster init --nodes …'`,
    );
  }
}

function openVote(turn: Turn): void {
  const { state } = turn;
  if (!state.kept.open) keep(turn, { open: true });
}

export function receiveFreshAsk(turn: Turn, from: NodeIdentity, message: FreshAsk): void {
  const { state } = turn;
  const { view } = state.kept;
  if (view !== undefined) {
    send(turn, from.name, { kind: 'decided', view });
    return;
  }
  const reason = whyNotFresh(state, from, message);
  const { incarnation, boot } = from;
  if (message.byOperator && reason === '') openVote(turn);
  const { open } = state.kept;
  const answer: FreshAnswer = { kind: 'freshAnswer', fresh: reason === '', open, incarnation, boot, reason };
  if (reason !== '') {
    note(turn, 'warn', 'a node was not told that this one is fresh', { node: from.name, reason });
    send(turn, from.name, answer);
    return;
  }
  const said = state.kept.freshSaidTo;
  if (!said.some(({ name }) => name === from.name)) {
    keep(turn, { freshSaidTo: [...said, { name: from.name, incarnation }] });
  }
  sendWhenKept(turn, from.name, answer);
}

function whyNotFresh(state: ViewState, from: NodeIdentity, { configured, byOperator }: FreshAsk): string {
  if (configured.join() !== state.configured.join())
    return 'the two nodes are configured with different nodes';
  const said = state.kept.freshSaidTo.find(({ name }) => name === from.name);
  if (!byOperator && said !== undefined && said.incarnation !== from.incarnation) {
    return `an earlier incarnation of ${from.name} was told so; decide with 'beckon cluster init'`;
  }
  return '';
}

export function receiveFreshAnswer(turn: Turn, from: NodeIdentity, message: FreshAnswer): void {
  const { state } = turn;
  const { self, wish } = state;
  if (state.kept.view !== undefined || message.boot !== self.boot) return;
  if (message.fresh) {
    if (message.incarnation === self.incarnation) state.freshFrom.set(from.name, from);
    if (message.open && wish !== undefined) wish.answered.add(from.name);
    return;
  }
  note(turn, 'warn', 'a node did not say to be fresh', { node: from.name, reason: message.reason });
  if (wish !== undefined) wish.refusal = `; ${from.name} said: ${message.reason}`;
}

/** Why `init` with these nodes can not be done here; '' when it can. */
export function whyNoInit(state: ViewState, nodes: readonly NodeName[]): string {
  if (state.kept.view !== undefined) return 'the cluster is formed already';
  const strange = nodes.filter((name) => !state.configured.includes(name));
  if (strange.length > 0) return `not configured: ${strange.join(', ')}`;
  if (!nodes.includes(state.self.name))
    return `give the command on one of the named nodes, not on ${state.self.name}`;
  const needed = majorityOf(state.configured.length);
  if (new Set(nodes).size < needed)
    return `name at least ${needed} of the ${state.configured.length} configured nodes`;
  const away = nodes.filter((name) => name !== state.self.name && !state.alive.has(name));
  return away.length > 0 ? `no answer from ${away.join(', ')}` : '';
}
