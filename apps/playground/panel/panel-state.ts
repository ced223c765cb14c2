/** What the panel knows of the visit, as one pure step from state and input to state. */
import type { EventResource } from '../../../src/model/index.js';
import type { RuleView } from './rule-view.js';

export interface VisitIds {
  visitID: string;
  pageID: string;
  globalVisitID: string;
}

/** How the panel hears of new events. `idle` until it is first opened. */
export type Link = 'idle' | 'connecting' | 'live' | 'lost';

export interface PanelState {
  link: Link;
  ids: VisitIds | null;
  /** By time, the oldest first, ACTIONABLE ones after the event of the same instant; at most `eventsMax`. */
  events: readonly EventResource[];
  /** Events that no longer fit. */
  droppedCount: number;
  rules: readonly RuleView[];
  /** Why the visit's history or the rules could not be read; null when they could. */
  problems: { events: string | null; rules: string | null };
}

export type PanelInput =
  | { kind: 'linkChanged'; link: Link }
  | { kind: 'idsKnown'; ids: VisitIds }
  /** From the history or from the push; an event that is known already changes nothing. */
  | { kind: 'eventsSeen'; events: readonly EventResource[] }
  | { kind: 'rulesExplained'; rules: readonly RuleView[] }
  | { kind: 'readSucceeded'; what: 'events' | 'rules' }
  | { kind: 'readFailed'; what: 'events' | 'rules'; message: string };

export const eventsMax = 300;

export const initialState: PanelState = {
  link: 'idle',
  ids: null,
  events: [],
  droppedCount: 0,
  rules: [],
  problems: { events: null, rules: null },
};

export function reduce(state: PanelState, input: PanelInput): PanelState {
  switch (input.kind) {
    case 'linkChanged':
      return { ...state, link: input.link };
    case 'idsKnown': {
      const isOtherVisit = state.ids !== null && state.ids.visitID !== input.ids.visitID;
      return { ...(isOtherVisit ? { ...initialState, link: state.link } : state), ids: input.ids };
    }
    case 'eventsSeen':
      return withEvents(state, input.events);
    case 'rulesExplained':
      return { ...state, rules: input.rules };
    case 'readSucceeded':
      return { ...state, problems: { ...state.problems, [input.what]: null } };
    case 'readFailed':
      return { ...state, problems: { ...state.problems, [input.what]: input.message } };
  }
}

function withEvents(state: PanelState, seen: readonly EventResource[]): PanelState {
  const known = new Set(state.events.map((event) => event.eventId));
  const visitID = state.ids?.visitID;
  const added = seen.filter((event) => {
    const isNew = !known.has(event.eventId) && event.visitId === visitID;
    known.add(event.eventId);
    return isNew;
  });
  if (added.length === 0) return state;
  const events = [...state.events, ...added].sort(byTime);
  const droppedCount = Math.max(0, events.length - eventsMax);
  return {
    ...state,
    events: droppedCount === 0 ? events : events.slice(droppedCount),
    droppedCount: state.droppedCount + droppedCount,
  };
}

function byTime(one: EventResource, other: EventResource): number {
  return one.timestamp - other.timestamp || isActionable(one) - isActionable(other);
}

function isActionable(event: EventResource): number {
  return event.eventType === 'ACTIONABLE' ? 1 : 0;
}

/** The event that a rule's condition speaks of: by its id, or by its number among those that the browser sent. */
export function eventAt(state: PanelState, reference: string | number): EventResource | undefined {
  if (typeof reference === 'string') return state.events.find((event) => event.eventId === reference);
  const sent = state.events.filter((event) => event.eventType !== 'ACTIONABLE');
  // What was dropped came first, and nothing tells how much of it the browser had sent.
  return state.droppedCount === 0 ? sent[reference] : undefined;
}
