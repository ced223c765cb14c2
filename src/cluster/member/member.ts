/**
 * One member of a cluster as a machine: agreement on views, leases and partitions, put together. The shell
 * of a node and the simulator drive this and nothing else.
 *     messages, clock, disk --> view machine --- installed, lease ---> partitions machine --> serve, stable,
 *                                    ^                                        |               cease, frames
 *                                    +----------- who is silent --------------+
 *
 * Call `stepMember` for every input, `appendInput` for every input of an actor, and `flushMember` once per
 * turn of the event loop in which one of them was called. Effects are to be carried out in their order.
 */
import {
  createViewState,
  leaseUntilMs,
  newKeptState,
  olderHolders,
  stepView,
  takeoverAtMs,
  type ViewEffect,
  type ViewInput,
  type ViewMessage,
  type ViewState,
  viewStatus,
  whyNotServing,
} from '../view/index.js';
import {
  appendTo,
  type Append,
  createPartitions,
  drainLeft,
  flushPartitions,
  type PartitionEffect,
  type PartitionInput,
  partitionStatus,
  type PartitionsState,
  type ServedPartition,
  servedPartitions,
  setTerm,
  stepPartitions,
} from '../replication/index.js';
import { checkClusterSettings } from '../settings.js';
import type {
  MemberEffect,
  MemberInput,
  MemberOptions,
  MemberStatus,
  OperatorCommand,
  PeerMessage,
} from './types.js';

export interface MemberState {
  view: ViewState;
  partitions: PartitionsState;
  /** Operators who wait for a node to be empty. */
  drains: { id: number; node: string; deadlineMs: number }[];
}

/** A drain that takes longer is answered as unfinished; it goes on all the same. */
const drainMs = 600_000;

/** Bound of the operators who wait. */
export const drainsMax = 16;

const viewKinds: Record<ViewMessage['kind'], true> = {
  heartbeat: true,
  heartbeatAck: true,
  freshAsk: true,
  freshAnswer: true,
  prepare: true,
  promise: true,
  accept: true,
  accepted: true,
  refused: true,
  askView: true,
  decided: true,
  recover: true,
  recovered: true,
};

function isViewMessage(message: PeerMessage): message is ViewMessage {
  return message.kind in viewKinds;
}

/** Throws `InvariantError` when settings contradict each other, or the state file is another node's. */
export function createMember(options: MemberOptions): MemberState {
  const { self, settings, configured, nowMs } = options;
  checkClusterSettings(settings);
  const kept = options.kept ?? newKeptState(self.incarnation);
  return {
    view: createViewState({ self, kept, settings, configured, nowMs }),
    partitions: createPartitions({ self, settings, journal: options.journal, nowMs }),
    drains: [],
  };
}

/** Takes one input. `nowMs` is this node's own monotonic clock. */
export function stepMember(state: MemberState, input: MemberInput, nowMs: number): MemberEffect[] {
  const effects: MemberEffect[] = [];
  switch (input.kind) {
    case 'tick':
      moveView(state, input, nowMs, effects);
      movePartitions(state, input, nowMs, effects);
      answerDrains(state, nowMs, effects);
      break;
    case 'peerMessage': {
      const { from, message } = input;
      if (isViewMessage(message)) moveView(state, { kind: 'peerMessage', from, message }, nowMs, effects);
      else movePartitions(state, { kind: 'peerMessage', from, message }, nowMs, effects);
      break;
    }
    case 'alive':
    case 'stateKept':
    case 'stateFailed':
      moveView(state, input, nowMs, effects);
      break;
    case 'journalKept':
    case 'released':
    case 'leave':
      movePartitions(state, input, nowMs, effects);
      break;
    case 'operator':
      command(state, input.id, input.command, nowMs, effects);
      break;
  }
  return effects;
}

function moveView(state: MemberState, input: ViewInput, nowMs: number, effects: MemberEffect[]): void {
  const hadLease = nowMs < leaseUntilMs(state.view);
  for (const effect of stepView(state.view, input, nowMs)) takeViewEffect(state, effect, nowMs, effects);
  setTerm(state.partitions, termOf(state));
  // A new lease may be all that a decision or stable inputs have waited for.
  if (!hadLease && nowMs < leaseUntilMs(state.view)) movePartitions(state, { kind: 'tick' }, nowMs, effects);
}

function termOf({ view }: MemberState): Parameters<typeof setTerm>[1] {
  return {
    leaseUntilMs: leaseUntilMs(view),
    takeoverAtMs: takeoverAtMs(view),
    olderHolders: olderHolders(view),
  };
}

function takeViewEffect(
  state: MemberState,
  effect: ViewEffect,
  nowMs: number,
  effects: MemberEffect[],
): void {
  const drain =
    effect.kind === 'operatorReply' && effect.ok && state.drains.find(({ id }) => id === effect.id);
  if (effect.kind === 'operatorReply' && !effect.ok) {
    state.drains = state.drains.filter(({ id }) => id !== effect.id);
  }
  // The view says that the node is given nothing more; the operator hears of it when it has nothing left.
  if (drain !== undefined && drain !== false) return;
  effects.push(effect);
  if (effect.kind !== 'installed') return;
  setTerm(state.partitions, termOf(state));
  movePartitions(state, effect, nowMs, effects);
}

function movePartitions(
  state: MemberState,
  input: PartitionInput,
  nowMs: number,
  effects: MemberEffect[],
): void {
  for (const effect of stepPartitions(state.partitions, input, nowMs)) {
    takePartitionEffect(state, effect, nowMs, effects);
  }
}

function takePartitionEffect(
  state: MemberState,
  effect: PartitionEffect,
  nowMs: number,
  effects: MemberEffect[],
): void {
  effects.push(effect);
  if (effect.kind === 'silent') moveView(state, effect, nowMs, effects);
}

function command(
  state: MemberState,
  id: number,
  given: OperatorCommand,
  nowMs: number,
  effects: MemberEffect[],
): void {
  if (given.kind === 'status') {
    const data = memberStatus(state, nowMs);
    const text = data.serving.ok ? 'serving' : data.serving.reason;
    effects.push({ kind: 'operatorReply', id, ok: true, text, data });
    return;
  }
  if (given.kind === 'drain') {
    if (state.drains.length >= drainsMax) {
      effects.push({ kind: 'operatorReply', id, ok: false, text: 'too many commands wait for a drain' });
      return;
    }
    state.drains.push({ id, node: given.node, deadlineMs: nowMs + drainMs });
  }
  moveView(state, { kind: 'operator', id, command: given }, nowMs, effects);
}

function answerDrains(state: MemberState, nowMs: number, effects: MemberEffect[]): void {
  for (const drain of [...state.drains]) {
    const left = drainLeft(state.partitions, drain.node);
    const isDone = left?.served === 0 && left.copies === 0;
    if (!isDone && nowMs < drain.deadlineMs) continue;
    state.drains = state.drains.filter((other) => other !== drain);
    const text = isDone
      ? `${drain.node} serves nothing, and holds nothing that others need: it can be stopped`
      : `${drain.node} still has ${left === undefined ? 'its partitions' : textOf(left)}; it goes on`;
    effects.push({ kind: 'operatorReply', id: drain.id, ok: isDone, text });
  }
}

function textOf({ served, copies }: { served: number; copies: number }): string {
  return `${served} partitions to hand over and ${copies} copies that are needed`;
}

/** Appends an input to the log of a partition that this node serves; keeps `payload` itself. */
export function appendInput(
  state: MemberState,
  partition: number,
  payload: Uint8Array,
  nowMs: number,
): Append {
  return appendTo(state.partitions, partition, payload, nowMs);
}

/** Frames, journal records and stable inputs that have come together in this turn of the event loop. */
export function flushMember(state: MemberState, nowMs: number): MemberEffect[] {
  return flushPartitions(state.partitions, nowMs);
}

/** Whether this node takes part: what every request asks, at a small part of the whole status's cost. */
export function memberServing(state: MemberState, nowMs: number): MemberStatus['serving'] {
  const reason = whyNotServing(state.view, nowMs);
  return reason === '' ? { ok: true } : { ok: false, reason };
}

/** What is served here; nothing without a lease. */
export function servedByMember(state: MemberState, nowMs: number): ServedPartition[] {
  return whyNotServing(state.view, nowMs) === '' ? servedPartitions(state.partitions) : [];
}

export function memberStatus(state: MemberState, nowMs: number): MemberStatus {
  return {
    self: state.view.self,
    serving: memberServing(state, nowMs),
    view: viewStatus(state.view, nowMs),
    partitions: partitionStatus(state.partitions),
  };
}
