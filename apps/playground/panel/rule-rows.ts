/** How one rule stands: fired, how far along, and what is missing. */
import { element } from './elements.js';
import { timeOf } from './event-rows.js';
import { hintFor } from './hints.js';
import { eventAt, type PanelState } from './panel-state.js';
import type { ConditionView, RuleView } from './rule-view.js';

export function statusOf(rule: RuleView): string {
  if (rule.suspended !== null) return 'Stopped';
  if (rule.firedCount > 1) return `Fired ${String(rule.firedCount)} times`;
  if (rule.firedCount === 1) return 'Fired';
  const metCount = rule.conditions.filter((condition) => condition.isMet).length;
  return `${String(metCount)} of ${String(rule.conditions.length)}`;
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
  const hint = hintFor(rule.name);
  const [summary, why] = [row.querySelector('summary'), row.querySelector('.seen-why')];
  summary?.replaceChildren(
    element('span', { class: 'seen-mark', 'aria-hidden': 'true' }),
    element('span', { class: 'seen-name' }, rule.name),
    element('span', { class: 'seen-status' }, statusOf(rule)),
    ...(hint === undefined ? [] : [element('span', { class: 'seen-hint' }, hint)]),
  );
  why?.replaceChildren(
    element('ol', {}, ...rule.conditions.map((condition) => conditionRow(condition, state))),
    ...closingLines(rule).map((line) => element('p', {}, line)),
  );
}

function conditionRow(condition: ConditionView, state: PanelState): HTMLElement {
  const lines = condition.isMet ? metLines(condition, state) : [condition.missing ?? 'Not yet.'];
  return element(
    'li',
    { 'data-met': String(condition.isMet) },
    element('span', { class: 'unseen' }, condition.isMet ? 'Met: ' : 'Missing: '),
    element('code', {}, condition.text),
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
