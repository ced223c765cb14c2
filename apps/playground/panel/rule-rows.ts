/** How one rule stands: fired, how far along, and what is missing. */
import { element } from './elements.js';
import { timeOf } from './event-rows.js';
import { hintFor } from './hints.js';
import { eventAt, type PanelState } from './panel-state.js';
import { type ConditionView, progressOf, type RuleView } from './rule-view.js';

export function statusOf(rule: RuleView): string {
  if (rule.suspended !== null) return 'Stopped';
  if (rule.firedCount > 1) return `Fired ${String(rule.firedCount)} times`;
  if (rule.firedCount === 1) return 'Fired';
  return progressOf(rule);
}

export function makeRuleRow(): HTMLElement {
  return element(
    'li',
    { class: 'seen-rule' },
    element('details', {}, element('summary'), element('div', { class: 'seen-why' })),
  );
}

export function fillRuleRow(row: HTMLElement, rule: RuleView, state: PanelState): void {
  row.dataset.state = rule.suspended !== null ? 'suspended' : rule.firedCount > 0 ? 'fired' : 'waiting';
  const [summary, why] = [row.querySelector('summary'), row.querySelector('.seen-why')];
  summary?.replaceChildren(
    element('span', { class: 'seen-mark', 'aria-hidden': 'true' }),
    element('span', { class: 'seen-name' }, rule.name),
    element('span', { class: 'seen-status' }, statusOf(rule)),
    ...noteOf(rule),
  );
  why?.replaceChildren(
    element(
      'ol',
      {},
      ...rule.conditions.map((condition, index) => {
        const isOpen = rule.conditions.slice(0, index).some((earlier) => !earlier.isMet);
        return conditionRow(condition, condition.isAbsence && isOpen, state);
      }),
    ),
    ...closingLines(rule).map((line) => element('p', {}, line)),
  );
}

/** What to do to see the rule fire; once it has, why nothing came of it. */
function noteOf({ name, withheld }: RuleView): HTMLElement[] {
  const note = withheld ?? hintFor(name);
  if (note === undefined) return [];
  return [element('span', { class: withheld === null ? 'seen-hint' : 'seen-hint seen-withheld' }, note)];
}

/** `isDeferred`: nothing is known of it yet, because what stands before it is not met. */
function conditionRow(condition: ConditionView, isDeferred: boolean, state: PanelState): HTMLElement {
  const { isMet, missing, text } = condition;
  const lines = isMet ? metLines(condition, state) : isDeferred ? [] : [missing ?? 'Not yet.'];
  const mark = isMet ? 'Met: ' : isDeferred ? 'Later: ' : 'Missing: ';
  return element(
    'li',
    { 'data-met': String(isMet) },
    element('span', { class: 'unseen' }, mark),
    element('code', {}, text),
    ...lines.map((line) => element('span', { class: 'seen-because' }, line)),
  );
}

function metLines(condition: ConditionView, state: PanelState): string[] {
  const names = condition.ordinals.flatMap((ordinal) => {
    const event = eventAt(state, ordinal);
    return event === undefined ? [] : [`${event.eventName} at ${timeOf(event.timestamp)}`];
  });
  return names.length > 3 ? [...names.slice(0, 3), `and ${String(names.length - 3)} more`] : names;
}

function closingLines(rule: RuleView): string[] {
  if (rule.suspended !== null) return [`Stopped for this visit: it went over its bound (${rule.suspended}).`];
  if (rule.firedAt !== null) return [`Made an ACTIONABLE event at ${timeOf(rule.firedAt)}.`];
  return rule.nearest === null ? [] : [`Nearest: ${rule.nearest}`];
}
