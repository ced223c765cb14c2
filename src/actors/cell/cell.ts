/**
 * Steps a cell: hands a root input to its actor, then every tell inside the cell, in order, until none is
 * left.
 *
 * Tells to other cells are kept (`pendingTells`) until the receiver has acknowledged them. One per receiver
 * is under way at a time, sent again every `tellRetryMs`, so they arrive in order; the receiver applies each
 * once, because it remembers the last id of each sender.
 */
import { assert, unreachable } from '../../base/index.js';
import { agentMachine } from '../agent/index.js';
import { chatMachine } from '../chat/index.js';
import { documentMachine } from '../document/index.js';
import { engagementMachine, type EngagementProfile, isFinal } from '../engagement/index.js';
import { groupMachine } from '../group/index.js';
import type { NotificationMessage } from '../../model/index.js';
import {
  notificationChannel,
  type ActorInput,
  type Address,
  type AgentInput,
  type ChatInput,
  type DocumentInput,
  type Documents,
  type Effect,
  type EngagementInput,
  type GroupInput,
  type VisitInput,
  type WakeInput,
} from '../protocol/index.js';
import { visitMachine } from '../visit/index.js';
import { keepInOutbox, pruneOutbox } from './outbox.js';
import { cellBounds, type CellState, type PendingTell } from './state.js';

/** What a cell is given from outside. */
export type CellInput =
  /** A command or a deadline; `from` marks a tell of another cell. */
  | { kind: 'deliver'; to: Address; input: ActorInput; from?: { cell: string; id: number } }
  /** The cell's deadline has come. */
  | { kind: 'wakeCell' }
  /** Another cell has applied these tells for good. */
  | { kind: 'tellsAcknowledged'; by: string; id: number };

/** What a cell wants done outside: its actors' effects, and the traffic of tells between cells. */
export type CellEffect =
  | Exclude<Effect, { kind: 'tell' }>
  | { kind: 'send'; to: Address; input: ActorInput; id: number }
  | { kind: 'acknowledge'; sender: string; id: number };

/** Steps `cell` in place and returns the turn's effects in order. */
export function stepCell(
  cell: CellState,
  input: CellInput,
  nowMs: number,
  documents: Documents,
): CellEffect[] {
  const effects: CellEffect[] = [];
  switch (input.kind) {
    case 'deliver':
      if (input.from === undefined || hear(cell, input.from, effects)) {
        run(cell, input.to, input.input, nowMs, documents, effects, input.from === undefined);
      }
      break;
    case 'wakeCell':
      wake(cell, nowMs, documents, effects);
      break;
    case 'tellsAcknowledged':
      acknowledged(cell, input.by, input.id, nowMs, effects);
      break;
    default:
      unreachable(input, 'cell input');
  }
  if (cell.outbox) pruneOutbox(cell.outbox, nowMs);
  cell.rowVersion = Math.max((cell.rowVersion ?? 0) + 1, Math.trunc(nowMs * 1_000));
  cell.deadlineMs = nextDeadline(cell);
  return effects;
}

/** Remembers a sender's tell; false when it was applied before. Either way it is acknowledged. */
function hear(cell: CellState, from: { cell: string; id: number }, effects: CellEffect[]): boolean {
  effects.push({ kind: 'acknowledge', sender: from.cell, id: from.id });
  const heard = (cell.heard ??= {});
  const last = heard[from.cell];
  if (last !== undefined && last >= from.id) return false;
  if (last === undefined) cell.heardCount++;
  delete heard[from.cell];
  heard[from.cell] = from.id;
  if (cell.heardCount > cellBounds.sendersMax) forgetSenders(cell, heard);
  return true;
}

/** Forgets a tenth of the senders, those heard longest ago, so that the work is rare. */
function forgetSenders(cell: CellState, heard: Record<string, number>): void {
  const senders = Object.keys(heard).slice(0, cellBounds.sendersMax / 10);
  for (const sender of senders) delete heard[sender];
  cell.heardCount -= senders.length;
}

/** The receiver has a tell for good; the next one for it may go. */
function acknowledged(cell: CellState, by: string, id: number, nowMs: number, effects: CellEffect[]): void {
  cell.pendingTells = cell.pendingTells.filter((tell) => tell.id > id || tell.to.cell !== by);
  const next = cell.pendingTells.find((tell) => tell.to.cell === by);
  if (next?.retryAt === Infinity) transmit(next, nowMs, effects);
}

function transmit(tell: PendingTell, nowMs: number, effects: CellEffect[]): void {
  tell.retryAt = nowMs + cellBounds.tellRetryMs;
  effects.push({ kind: 'send', to: tell.to, input: tell.input, id: tell.id });
}

function run(
  cell: CellState,
  to: Address,
  input: ActorInput,
  nowMs: number,
  documents: Documents,
  effects: CellEffect[],
  answers: boolean,
): void {
  const queue: { to: Address; input: ActorInput }[] = [{ to, input }];
  for (let turn = 0; turn < queue.length; turn++) {
    assert(turn < cellBounds.tellsPerTurnMax, 'the tells of one turn come to an end');
    const next = queue[turn] as { to: Address; input: ActorInput };
    for (const effect of stepActor(cell, next.to, next.input, nowMs, documents)) {
      if (effect.kind === 'tell') {
        if (effect.to.cell === cell.key) queue.push(effect);
        else send(cell, effect.to, effect.input, nowMs, effects);
      } else if (effect.kind === 'push') effects.push(keepPush(cell, effect, nowMs));
      else if (answers && turn === 0) effects.push(effect);
      else if (effect.kind !== 'reply' && effect.kind !== 'refuse') effects.push(effect);
    }
  }
}

/** What goes to the visit's browsers is kept for those that are away; an unknown visit has none. */
function keepPush(
  cell: CellState,
  effect: Extract<Effect, { kind: 'push' }>,
  nowMs: number,
): Extract<Effect, { kind: 'push' }> {
  const { visit } = cell;
  if (visit === null || visit.startDate === 0) return effect;
  if (effect.channel !== notificationChannel(visit.visitID)) return effect;
  const kept = keepInOutbox(cell.outbox ?? null, effect.data as NotificationMessage[], nowMs);
  cell.outbox = kept.outbox;
  return { ...effect, mark: kept.mark };
}

function send(cell: CellState, to: Address, input: ActorInput, nowMs: number, effects: CellEffect[]): void {
  assert(cell.pendingTells.length < cellBounds.pendingTellsMax, 'tells to other cells are acknowledged');
  const id = cell.nextTellId++;
  const waits = cell.pendingTells.some((tell) => tell.to.cell === to.cell);
  const tell: PendingTell = { id, to, input, retryAt: Infinity };
  cell.pendingTells.push(tell);
  if (!waits) transmit(tell, nowMs, effects);
}

/** An input that may bring an engagement or a chat into being; any other needs it to be there. */
const creates = new Set<ActorInput['kind']>(['qualify', 'openChat']);

function stepActor(
  cell: CellState,
  to: Address,
  input: ActorInput,
  nowMs: number,
  documents: Documents,
): Effect[] {
  switch (to.kind) {
    case 'visit':
      cell.visit ??= visitMachine.initial(to.id);
      return visitMachine.step(cell.visit, input as VisitInput | WakeInput, nowMs, documents).effects;
    case 'engagement': {
      const profile =
        cell.engagements?.[to.id] ?? (creates.has(input.kind) ? engagementMachine.initial(to.id) : null);
      if (profile === null) return missing('engagement', to.id);
      (cell.engagements ??= {})[to.id] = profile;
      const { effects } = engagementMachine.step(
        profile,
        input as EngagementInput | WakeInput,
        nowMs,
        documents,
      );
      if (isFinal(profile.state)) forgetEnded(cell);
      return effects;
    }
    case 'chat': {
      const chat = cell.chats?.[to.id] ?? (creates.has(input.kind) ? chatMachine.initial(to.id) : null);
      if (chat === null) return missing('chat', to.id);
      (cell.chats ??= {})[to.id] = chat;
      return chatMachine.step(chat, input as ChatInput | WakeInput, nowMs, documents).effects;
    }
    case 'agent':
      cell.agent ??= agentMachine.initial(to.id);
      return agentMachine.step(cell.agent, input as AgentInput | WakeInput, nowMs, documents).effects;
    case 'group':
      cell.group ??= groupMachine.initial(to.id);
      return groupMachine.step(cell.group, input as GroupInput | WakeInput, nowMs, documents).effects;
    case 'document':
      cell.document ??= documentMachine.initial(to.id);
      return documentMachine.step(cell.document, input as DocumentInput | WakeInput, nowMs, documents)
        .effects;
    default:
      return unreachable(to.kind, 'actor kind');
  }
}

function missing(kind: string, id: string): Effect[] {
  return [{ kind: 'refuse', code: 'NOT_FOUND', message: `There is no ${kind} ${id}.` }];
}

/** Ended engagements leave the cell: at once without a chat, with one when newer chats have ended too. */
function forgetEnded(cell: CellState): void {
  const ended: EngagementProfile[] = [];
  for (const profile of Object.values(cell.engagements ?? {})) {
    if (!isFinal(profile.state)) continue;
    if (cell.chats?.[profile.interactionId] !== undefined) ended.push(profile);
    else delete cell.engagements?.[profile.interactionId];
  }
  ended.sort((a, b) => a.startDate - b.startDate);
  for (const profile of ended.slice(0, Math.max(0, ended.length - cellBounds.endedKeptMax))) {
    delete cell.engagements?.[profile.interactionId];
    if (cell.chats?.[profile.interactionId]?.state === 'ended') delete cell.chats[profile.interactionId];
  }
}

function wake(cell: CellState, nowMs: number, documents: Documents, effects: CellEffect[]): void {
  for (const to of dueActors(cell, nowMs)) run(cell, to, { kind: 'wake' }, nowMs, documents, effects, false);
  for (const tell of cell.pendingTells) if (nowMs >= tell.retryAt) transmit(tell, nowMs, effects);
}

function dueActors(cell: CellState, nowMs: number): Address[] {
  const due: Address[] = [];
  const add = (kind: Address['kind'], id: string, deadlineMs: number | null | undefined): void => {
    if (deadlineMs !== null && deadlineMs !== undefined && deadlineMs <= nowMs)
      due.push({ kind, cell: cell.key, id });
  };
  if (cell.visit !== null) add('visit', cell.visit.visitID, cell.visit.deadlineMs);
  for (const [id, profile] of Object.entries(cell.engagements ?? {}))
    add('engagement', id, profile.deadlineMs);
  for (const [id, chat] of Object.entries(cell.chats ?? {})) add('chat', id, chat.deadlineMs);
  if (cell.agent !== null) add('agent', cell.agent.user, cell.agent.deadlineMs);
  if (cell.group !== null) add('group', cell.group.name, cell.group.deadlineMs);
  return due;
}

function nextDeadline(cell: CellState): number | null {
  let soonest = cell.visit?.deadlineMs ?? Infinity;
  for (const id in cell.engagements)
    soonest = Math.min(soonest, cell.engagements[id]?.deadlineMs ?? Infinity);
  for (const id in cell.chats) soonest = Math.min(soonest, cell.chats[id]?.deadlineMs ?? Infinity);
  soonest = Math.min(soonest, cell.agent?.deadlineMs ?? Infinity, cell.group?.deadlineMs ?? Infinity);
  for (const tell of cell.pendingTells) soonest = Math.min(soonest, tell.retryAt);
  return soonest === Infinity ? null : soonest;
}
