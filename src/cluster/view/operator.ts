/**
 * An operator's commands: checked at once, wished for until a view brings them about or the time is up. One
 * at a time.
 */
import { hashId } from '../../base/index.js';
import {
  byName,
  compareNames,
  epochMax,
  isAdmitted,
  majorityOf,
  memberOf,
  type NodeIdentity,
  type NodeName,
  type View,
} from '../identity.js';
import { whyNoInit } from './formation.js';
import { install } from './install.js';
import { configuredAfter, termsOf } from './next-view.js';
import { clusterIdOf, mayVote, type ViewState, type Wish } from './state.js';
import { note, send, sendWhenKept, type Turn } from './turn.js';
import type { ViewCommand, ViewMessage } from './types.js';

type Recover = Extract<ViewMessage, { kind: 'recover' }>;

/** A recovery leaves out so many epochs, which the lost majority may have used without telling this node. */
const recoveryEpochs = 1_024;

export function receiveCommand(turn: Turn, id: number, command: ViewCommand): void {
  const { state, nowMs, effects } = turn;
  const refuse = (text: string) => effects.push({ kind: 'operatorReply', id, ok: false, text });
  if (state.wish !== undefined) {
    refuse('another command is under way');
    return;
  }
  const reason = whyNot(state, command);
  if (reason !== '') {
    refuse(reason);
    return;
  }
  const recovery = command.kind === 'recover' ? recoveryView(state, command.nodes) : undefined;
  const deadlineMs = nowMs + state.settings.operatorMs;
  state.wish = { id, command, deadlineMs, answered: new Set(), recovery, refusal: '' };
  note(turn, 'info', 'a command is carried out', { command: textOf(command) });
  pursueWish(turn);
}

/** Why a command can not be done here and now, '' when it can. */
function whyNot(state: ViewState, command: ViewCommand): string {
  if (command.kind === 'init') return whyNoInit(state, command.nodes);
  const { view } = state.kept;
  if (view === undefined)
    return "the cluster is not formed: start all its nodes, or use 'beckon cluster init'";
  if (command.kind === 'recover') return whyNoRecovery(state, view, command.nodes);
  if (!mayVote(state)) return `${state.self.name} is an observer: give the command to a member`;
  return whyNoChange(state, view, command);
}

function whyNoChange(
  state: ViewState,
  view: View,
  command: Exclude<ViewCommand, { kind: 'init' | 'recover' }>,
): string {
  const { node } = command;
  const isConfigured = view.configured.includes(node);
  if (command.kind === 'add') {
    if (isConfigured) return `${node} is configured already`;
    return isAlive(state, node) ? '' : `${node} does not answer: start it first`;
  }
  if (!isConfigured) return `${node} is not configured`;
  switch (command.kind) {
    case 'drain':
    case 'undrain':
      return memberOf(view, node) === undefined ? `${node} is not in the view: it serves nothing now` : '';
    case 'replace':
      if (view.configured.includes(command.by)) return `${command.by} is configured already`;
      if (!isAlive(state, command.by)) return `${command.by} does not answer: start it first`;
      return isAlive(state, node) ? `${node} answers: stop it first` : '';
    case 'remove': {
      const configured = configuredAfter(view.configured, command);
      const left = configured.filter((name) => isAlive(state, name)).length;
      if (left < majorityOf(configured.length)) return `without ${node} too few of the others answer`;
      const isBusy =
        isAlive(state, node) && !view.draining.includes(node) && memberOf(view, node) !== undefined;
      return isBusy ? `${node} serves: drain it first, or stop it` : '';
    }
  }
}

function isAlive(state: ViewState, name: NodeName): boolean {
  return name === state.self.name || (state.alive.has(name) && !state.foreign.has(name));
}

function whyNoRecovery(state: ViewState, view: View, nodes: readonly NodeName[]): string {
  if (!nodes.includes(state.self.name))
    return `give the command on one of the named nodes, not on ${state.self.name}`;
  const away = nodes.filter((name) => !isAlive(state, name));
  if (away.length > 0) return `no answer from ${away.join(', ')}`;
  const voting = [state.self, ...state.alive.values()].filter((node) => isAdmitted(view, node)).length;
  const needed = majorityOf(view.configured.length);
  return voting >= needed
    ? `${voting} of ${view.configured.length} nodes can decide: nothing is to be recovered`
    : '';
}

/** As it is typed. */
function textOf(command: ViewCommand): string {
  switch (command.kind) {
    case 'init':
    case 'recover':
      return `${command.kind} --nodes ${command.nodes.join(',')}`;
    case 'replace':
      return `replace ${command.node} --by ${command.by}`;
    default:
      return `${command.kind} ${command.node}`;
  }
}

/** The same for the same nodes, so that a repeated command goes on where the first one stopped. */
function recoveryView(state: ViewState, nodes: readonly NodeName[]): View {
  const before = state.kept.view as View;
  const names = [...new Set(nodes)].sort(compareNames);
  const members = names
    .map((name) => (name === state.self.name ? state.self : (state.alive.get(name) as NodeIdentity)))
    .sort(byName);
  const known = names.map((name) => state.words.get(name)?.epoch ?? 0);
  const newest = Math.max(before.epoch, ...known);
  return {
    clusterId: hashId(JSON.stringify(['recover', before.clusterId, before.epoch, members])),
    epoch: Math.min(epochMax, newest + recoveryEpochs),
    members,
    configured: names,
    admitted: members.map(({ name, incarnation }) => ({ name, incarnation })),
    draining: [],
    terms: before.terms.partitionCount > 0 ? before.terms : termsOf(state),
  };
}

/** Tells the named nodes of a recovery until all have followed, this one last. */
export function pursueWish(turn: Turn): void {
  const { state, nowMs, effects } = turn;
  const { wish } = state;
  if (wish === undefined) return;
  if (nowMs >= wish.deadlineMs) {
    state.wish = undefined;
    effects.push({ kind: 'operatorReply', id: wish.id, ok: false, text: failureText(wish) });
    return;
  }
  if (wish.recovery === undefined) return;
  const missing = wish.recovery.configured.filter(
    (name) => name !== state.self.name && !wish.answered.has(name),
  );
  if (missing.length === 0) {
    install(turn, wish.recovery);
    return;
  }
  const message: Recover = { kind: 'recover', previousClusterId: clusterIdOf(state), view: wish.recovery };
  for (const name of missing) send(turn, name, message);
}

function failureText({ command, answered, recovery, refusal }: Wish): string {
  if (recovery === undefined) {
    return `no majority agreed in time${refusal}; the command may still take effect, look at the status`;
  }
  const missing = recovery.configured.filter((name) => !answered.has(name));
  return `${command.kind}: no answer from ${missing.join(', ')}; give the command again`;
}

export function receiveRecover(turn: Turn, from: NodeIdentity, { previousClusterId, view }: Recover): void {
  const { state } = turn;
  const before = state.kept.view;
  const isNamed = view.members.some(
    ({ name, incarnation }) => name === state.self.name && incarnation === state.self.incarnation,
  );
  if (!isNamed) return;
  if (before?.clusterId !== view.clusterId) {
    if (before !== undefined && (before.clusterId !== previousClusterId || before.epoch >= view.epoch))
      return;
    install(turn, view);
  }
  sendWhenKept(turn, from.name, { kind: 'recovered', clusterId: view.clusterId, epoch: view.epoch });
}

export function receiveRecovered(
  { state }: Turn,
  from: NodeIdentity,
  { clusterId }: Extract<ViewMessage, { kind: 'recovered' }>,
): void {
  const { wish } = state;
  if (wish?.recovery?.clusterId === clusterId) wish.answered.add(from.name);
}

/** Whether the view is what was wished for; then the operator is told. */
export function answerWish(turn: Turn): void {
  const { state, effects } = turn;
  const { wish, kept } = state;
  if (wish === undefined || kept.view === undefined) return;
  const text = fulfilmentText(wish, kept.view);
  if (text === undefined) return;
  state.wish = undefined;
  effects.push({ kind: 'operatorReply', id: wish.id, ok: true, text, data: kept.view });
}

function fulfilmentText({ command, recovery }: Wish, view: View): string | undefined {
  const { configured, draining, epoch } = view;
  const names = configured.join(', ');
  switch (command.kind) {
    case 'init':
      return `the cluster of ${names} is formed`;
    case 'recover':
      return view.clusterId === recovery?.clusterId
        ? `the cluster goes on as ${names} in epoch ${epoch}. ` +
            'What the lost nodes had acknowledged and not yet ' +
            'written to the store is lost. Nodes that were left out must never run again with the disks ' +
            "that they had: wipe them, then take them in with 'beckon cluster add'."
        : undefined;
    case 'add':
      return configured.includes(command.node) ? `${command.node} is configured, beside ${names}` : undefined;
    case 'remove':
      return configured.includes(command.node) ? undefined : `configured now: ${names}`;
    case 'replace': {
      const isDone = configured.includes(command.by) && !configured.includes(command.node);
      return isDone ? `configured now: ${names}` : undefined;
    }
    case 'drain':
      return draining.includes(command.node) ? `${command.node} is given nothing more` : undefined;
    case 'undrain':
      return draining.includes(command.node) ? undefined : `${command.node} takes its share again`;
  }
}
