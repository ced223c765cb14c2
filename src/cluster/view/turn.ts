/**
 * One step of the view machine while it runs: its effects so far, and the answers that must not leave before
 * the state that they rest on is on disk.
 */
import type { NodeName } from '../identity.js';
import { heldAnswersMax, type ViewState } from './state.js';
import type { KeptState, ViewAlarm, ViewEffect, ViewMessage } from './types.js';

export interface Turn {
  readonly state: ViewState;
  readonly nowMs: number;
  readonly effects: ViewEffect[];
  /** Messages of this step that rest on `kept`. */
  answers: { to: NodeName; message: ViewMessage }[];
}

export function send({ state, effects }: Turn, to: NodeName, message: ViewMessage): void {
  if (to !== state.self.name) effects.push({ kind: 'send', to, message });
}

/** Sends once everything that `kept` says now is on disk. May be addressed to this node itself. */
export function sendWhenKept(turn: Turn, to: NodeName, message: ViewMessage): void {
  turn.answers.push({ to, message });
}

/** Changes what is on disk; it is written at the end of the step. */
export function keep({ state }: Turn, change: Partial<KeptState>): void {
  Object.assign(state.kept, change);
  state.dirty = true;
}

export function note(
  { effects }: Turn,
  level: 'info' | 'warn' | 'error',
  text: string,
  fields: Record<string, string | number | boolean> = {},
): void {
  effects.push({ kind: 'note', level, text, fields });
}

/** Raises an alarm unless it stands with the same text. */
export function raise({ state, effects }: Turn, alarm: ViewAlarm, text: string): void {
  if (state.alarms.get(alarm) === text) return;
  state.alarms.set(alarm, text);
  effects.push({ kind: 'alarm', alarm, text });
}

export function clear({ state, effects }: Turn, alarm: ViewAlarm, text: string): void {
  if (state.alarms.delete(alarm)) effects.push({ kind: 'clear', alarm, text });
}

/**
 * Ends a part of a step: asks for `kept` to be written when it changed, holds this part's answers until then.
 * Returns the messages to this node itself that may be read now.
 */
export function settle(turn: Turn): ViewMessage[] {
  const { state, effects } = turn;
  if (state.dirty) {
    state.dirty = false;
    state.ticketIssued++;
    const kept = { ...state.kept, freshSaidTo: [...state.kept.freshSaidTo] };
    effects.push({ kind: 'keepState', ticket: state.ticketIssued, state: kept });
  }
  const ticket = state.ticketIssued;
  for (const { to, message } of turn.answers) state.held.push({ ticket, to, message });
  turn.answers = [];
  while (state.held.length > heldAnswersMax) state.held.shift();
  return releaseHeld(turn);
}

/** Sends what rests on tickets that are kept; messages to oneself are returned. */
function releaseHeld(turn: Turn): ViewMessage[] {
  const { state } = turn;
  const own: ViewMessage[] = [];
  let count = 0;
  for (const { ticket, to, message } of state.held) {
    if (ticket > state.ticketKept) break;
    count++;
    if (to === state.self.name) own.push(message);
    else send(turn, to, message);
  }
  state.held.splice(0, count);
  return own;
}
