/** The panel "What Beckon sees": follows the visitor's own visit beside the shop. */
import type { EventResource } from '../../../src/model/index.js';
import { startOver } from '../site/js/account.js';
import { createRows } from './elements.js';
import { fillEventRow, makeEventRow } from './event-rows.js';
import { createFrame, type Frame } from './frame.js';
import {
  initialState,
  type Link,
  type PanelInput,
  type PanelState,
  reduce,
  type VisitIds,
} from './panel-state.js';
import { fillRuleRow, makeRuleRow } from './rule-rows.js';
import { type RuleView } from './rule-view.js';
import { monitorVisit, readEvents, readRules, readWorkspaceUrl } from './server.js';

/** Rules are read again this long after the last event, so that a burst costs one request. */
const rulesDelayMs = 150;

const linkWords: Readonly<Record<Link, string>> = {
  idle: 'Waiting for the tracker',
  connecting: 'Connecting',
  live: 'Live',
  lost: 'Connection lost, trying again',
};

let state = initialState;
let drawn: PanelState | undefined;
let redraw: number | undefined;
let rulesTimer: ReturnType<typeof setTimeout> | undefined;
let rulesTurn = 0;
let stopMonitoring: (() => void) | undefined;
let isFollowing = false;

const frame = createFrame(follow);
const drawRules = createRows<RuleView>(
  frame.rules,
  (rule) => `${rule.package}/${rule.name}`,
  makeRuleRow,
  (row, rule) => {
    fillRuleRow(row, rule, state);
  },
);
const drawEvents = createRows<EventResource>(
  frame.events,
  (event) => event.eventId,
  makeEventRow,
  fillEventRow,
);

function step(input: PanelInput): void {
  state = reduce(state, input);
  redraw ??= requestAnimationFrame(() => {
    redraw = undefined;
    draw(frame);
  });
}

function draw(parts: Frame): void {
  const { link, ids, events, problems } = state;
  const rules = state.rules ?? [];
  parts.status.textContent = linkWords[link];
  parts.status.dataset.link = link;
  parts.visitID.textContent = ids?.visitID ?? 'not known yet';
  parts.globalVisitID.textContent = ids?.globalVisitID ?? 'not known yet';
  parts.pageID.textContent = ids?.pageID ?? 'not known yet';
  const firedCount = rules.filter((rule) => rule.firedCount > 0).length;
  parts.rulesHeading.textContent =
    rules.length === 0 ? 'Rules' : `Rules: ${firedCount} of ${rules.length} fired`;
  parts.rulesNote.textContent = rulesNote(state.rules, problems.rules);
  parts.eventsHeading.textContent = `Events: ${events.length + state.droppedCount}`;
  parts.eventsNote.textContent = eventsNote(events, problems.events);
  const isNews = drawn?.events !== events;
  // A rule's conditions name the events that met them.
  drawRules(rules, isNews);
  if (isNews) {
    speak(parts, events);
    drawEvents(events.toReversed(), false);
  }
  drawn = state;
}

function rulesNote(rules: readonly RuleView[] | null, problem: string | null): string {
  if (problem !== null) return `The rules cannot be read: ${problem}.`;
  return rules?.length === 0
    ? 'No rules are deployed. The package of this shop is apps/playground/rules.'
    : '';
}

function eventsNote(events: readonly EventResource[], problem: string | null): string {
  if (problem !== null) return `The visit's history cannot be read: ${problem}.`;
  return events.length === 0 ? 'What you do in the shop appears here as Beckon takes it in.' : '';
}

/** Only what came since the last drawing is spoken, and only a rule's decision. */
function speak(parts: Frame, events: readonly EventResource[]): void {
  if (drawn === undefined || drawn.events.length === 0) return;
  const known = new Set(drawn.events);
  const decided = events.findLast((event) => event.eventType === 'ACTIONABLE' && !known.has(event));
  if (decided !== undefined) parts.spoken.textContent = `A rule fired: ${decided.eventName}.`;
}

/** Begins when the panel is first open; a panel that nobody looks at costs nothing. */
function follow(): void {
  if (isFollowing) return;
  isFollowing = true;
  const page = window as unknown as { _gt?: { push(command: unknown[]): unknown } };
  page._gt ??= [];
  page._gt.push(['getIDs', monitor]);
  void readWorkspaceUrl().then((url) => {
    frame.workspace.href = url;
  });
}

function monitor(ids: VisitIds): void {
  step({ kind: 'idsKnown', ids });
  step({ kind: 'linkChanged', link: 'connecting' });
  stopMonitoring?.();
  stopMonitoring = monitorVisit(ids.visitID, {
    onSubscribed() {
      step({ kind: 'linkChanged', link: 'live' });
      void read('events', async () => {
        step({ kind: 'historyRead', events: await readEvents(ids.visitID) });
      });
      readRulesSoon();
    },
    onEvents(events) {
      step({ kind: 'eventsPushed', events });
      readRulesSoon();
    },
    onLost() {
      step({ kind: 'linkChanged', link: 'lost' });
    },
  });
}

function readRulesSoon(): void {
  clearTimeout(rulesTimer);
  rulesTimer = setTimeout(() => {
    const visitID = state.ids?.visitID;
    if (visitID === undefined) return;
    const turn = ++rulesTurn;
    void read('rules', async () => {
      const rules = await readRules(visitID);
      // A later question was answered first.
      if (turn === rulesTurn) step({ kind: 'rulesExplained', rules });
    });
  }, rulesDelayMs);
}

async function read(what: 'events' | 'rules', task: () => Promise<void>): Promise<void> {
  try {
    await task();
    step({ kind: 'readSucceeded', what });
  } catch (error) {
    step({ kind: 'readFailed', what, message: error instanceof Error ? error.message : String(error) });
  }
}

frame.startOver.addEventListener('click', () => {
  // The tracker's two cookies; the server mints new ids for a browser that has none.
  for (const name of ['_gt_visit', '_gt_global']) document.cookie = `${name}=; Path=/; Max-Age=0`;
  startOver();
  location.assign('/playground/');
});

addEventListener('pagehide', () => stopMonitoring?.());
addEventListener('pageshow', ({ persisted }) => {
  if (!persisted || !isFollowing) return;
  isFollowing = false;
  follow();
});
step({ kind: 'linkChanged', link: 'idle' });
