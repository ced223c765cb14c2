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
  /** In the order in which the server took them, the newest last; at most `eventsMax`. */
  events: readonly EventResource[];
  /** Events that no longer fit. */
  droppedCount: number;
  /**
   * Ids of the visit's whole stream in the order in which the server took it: a rule names an event by its
   * place.
   */
  stream: readonly string[];
  /** Null until they are first known. */
  rules: readonly RuleView[] | null;
  /** Why the visit's history or the rules could not be read; null when they could. */
  problems: { events: string | null; rules: string | null };
}

export type PanelInput =
  | { kind: 'linkChanged'; link: Link }
  | { kind: 'idsKnown'; ids: VisitIds }
  /** The visit's whole history, in the order in which the server took it. */
  | { kind: 'historyRead'; events: readonly EventResource[] }
  /** New events; those that are known already change nothing. */
  | { kind: 'eventsPushed'; events: readonly EventResource[] }
  | { kind: 'rulesExplained'; rules: readonly RuleView[] }
  | { kind: 'readSucceeded'; what: 'events' | 'rules' }
  | { kind: 'readFailed'; what: 'events' | 'rules'; message: string };

export const eventsMax = 300;

export const initialState: PanelState = {
  link: 'idle',
  ids: null,
  events: [],
  droppedCount: 0,
  stream: [],
  rules: null,
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
    case 'historyRead':
      return withEvents(state, input.events, [...input.events.map(idOf), ...state.stream]);
    case 'eventsPushed':
      return withEvents(state, input.events, [...state.stream, ...input.events.map(idOf)]);
    case 'rulesExplained':
      return { ...state, rules: input.rules };
    case 'readSucceeded':
      return { ...state, problems: { ...state.problems, [input.what]: null } };
    case 'readFailed':
      return { ...state, problems: { ...state.problems, [input.what]: input.message } };
  }
}

/** `stream` may name an event twice: its first place counts. */
function withEvents(
  state: PanelState,
  seen: readonly EventResource[],
  stream: readonly string[],
): PanelState {
  const known = new Set(state.events.map(idOf));
  const added = seen.filter((event) => {
    const isNew = !known.has(event.eventId) && event.visitId === state.ids?.visitID;
    known.add(event.eventId);
    return isNew;
  });
  const next = { ...state, stream: [...new Set(stream)] };
  if (added.length === 0) return next;
  const place = new Map(next.stream.map((id, index) => [id, index]));
  const placeOf = ({ eventId }: EventResource): number => place.get(eventId) ?? Infinity;
  const events = [...state.events, ...added].sort((one, other) => placeOf(one) - placeOf(other));
  const excess = Math.max(0, events.length - eventsMax);
  return { ...next, events: events.slice(excess), droppedCount: state.droppedCount + excess };
}

function idOf(event: EventResource): string {
  return event.eventId;
}

/** The event at a place of the visit's stream, from 0; undefined when it is not among those kept here. */
export function eventAt(state: PanelState, ordinal: number): EventResource | undefined {
  const id = state.stream[ordinal];
  return id === undefined ? undefined : state.events.find((event) => event.eventId === id);
}
