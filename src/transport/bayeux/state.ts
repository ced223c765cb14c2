/**
 * All that the machine knows, and the two structures that more than one file touches: subscribers and
 * deadlines.
 */
import { wildcardsOver } from './channel.js';
import type { Session } from './session.js';
import type { BayeuxCounters, SessionContext } from './types.js';
import { newWheel, type Wheel } from './wheel.js';

export interface BayeuxState<Context extends SessionContext> {
  sessions: Map<string, Session<Context>>;
  /** Sessions by the WebSocket they live on. */
  connections: Map<number, Session<Context>[]>;
  /** Sessions by the HTTP request that holds their connect. */
  exchanges: Map<number, Session<Context>>;
  subscribers: Map<string, Set<Session<Context>>>;
  subscriptionCount: number;
  /** How many of `subscribers` are wildcards: when none is, none is looked for. */
  wildcardCount: number;
  /** Held polls by browser. */
  heldPolls: Map<string, number>;
  wheel: Wheel<Session<Context>>;
  deliveryNo: number;
  draining: boolean;
  counters: BayeuxCounters;
}

export const noCounters: Readonly<BayeuxCounters> = {
  messagesReceived: 0,
  messagesDelivered: 0,
  messagesDropped: 0,
  sessionsOpened: 0,
  sessionsExpired: 0,
  sessionsRefused: 0,
  sessionsOverflowed: 0,
};

export function initialState<Context extends SessionContext>(): BayeuxState<Context> {
  return {
    sessions: new Map(),
    connections: new Map(),
    exchanges: new Map(),
    subscribers: new Map(),
    subscriptionCount: 0,
    wildcardCount: 0,
    heldPolls: new Map(),
    wheel: newWheel(),
    deliveryNo: 0,
    draining: false,
    counters: { ...noCounters },
  };
}

/** False when the session was subscribed already. */
export function addSubscriber<Context extends SessionContext>(
  state: BayeuxState<Context>,
  session: Session<Context>,
  channel: string,
): boolean {
  session.subscriptions ??= new Set();
  if (session.subscriptions.has(channel)) return false;
  session.subscriptions.add(channel);
  state.subscriptionCount += 1;
  const sessions = state.subscribers.get(channel);
  if (sessions !== undefined) sessions.add(session);
  else {
    state.subscribers.set(channel, new Set([session]));
    if (channel.endsWith('*')) state.wildcardCount += 1;
  }
  return true;
}

/** False when the session was not subscribed. */
export function removeSubscriber<Context extends SessionContext>(
  state: BayeuxState<Context>,
  session: Session<Context>,
  channel: string,
): boolean {
  if (session.subscriptions?.delete(channel) !== true) return false;
  state.subscriptionCount -= 1;
  const sessions = state.subscribers.get(channel);
  sessions?.delete(session);
  if (sessions?.size === 0) {
    state.subscribers.delete(channel);
    if (channel.endsWith('*')) state.wildcardCount -= 1;
  }
  return true;
}

/** The sets of sessions that a message on `channel` reaches; one session may stand in several. */
export function subscribersOf<Context extends SessionContext>(
  state: BayeuxState<Context>,
  channel: string,
): Set<Session<Context>>[] {
  const exact = state.subscribers.get(channel);
  const sets = exact === undefined ? [] : [exact];
  if (state.wildcardCount > 0) {
    for (const wildcard of wildcardsOver(channel)) {
      const sessions = state.subscribers.get(wildcard);
      if (sessions !== undefined) sets.push(sessions);
    }
  }
  return sets;
}

export function hasSubscribers<Context extends SessionContext>(
  state: BayeuxState<Context>,
  channel: string,
): boolean {
  return subscribersOf(state, channel).length > 0;
}
