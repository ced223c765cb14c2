/** Watches the page for a draft with the tracker's own engine, so that what is tried is what will be. */
import {
  ExpressionError,
  parseExpression,
  readSelector,
  type EventDefinition,
} from '../../dsl/language/index.js';
import type { WatchedPage } from '../dsl/contract.js';
import { findAll } from '../dsl/find.js';
import { watch } from '../dsl/watch.js';
import { readAction } from '../../dsl/language/index.js';
import type { Draft } from './draft.js';

export function definitionOf({ name, action, element, url, condition, values }: Draft): EventDefinition {
  const { name: actionName, amount } = readAction(action.trim(), '');
  return {
    name,
    condition,
    postcondition: '',
    triggers: [
      {
        element,
        action: actionName,
        amount: amount ?? (actionName === 'rageclick' ? 3 : 0),
        isRestless: false,
        count: 1,
        url,
        values: [],
      },
    ],
    values: values.filter(({ name }) => name !== ''),
  };
}

/** Calls `fired` with the data of each event that the draft would send. */
export function tryOut(draft: Draft, fired: (data: Record<string, unknown>) => void): WatchedPage {
  return watch([definitionOf(draft)].values(), { isAnyEnough: false, mayCompile: false }, (_, data) => {
    // What JSON does not carry would not be sent.
    fired(JSON.parse(JSON.stringify(data)) as Record<string, unknown>);
  });
}

/** What is wrong with the draft, in words; empty when it can be kept. */
export function problemsOf(draft: Draft): string[] {
  const problems: string[] = [];
  if (draft.name.trim() === '') problems.push('The event needs a name.');
  if (draft.action.trim() === '') problems.push('Say what must happen, for example click.');
  if (draft.element !== '') attempt(problems, 'Element', () => void readSelector(draft.element));
  for (const [what, source] of [
    ['Condition', draft.condition],
    ...draft.values.map(({ name, value }) => [`Value ${name}`, value] as const),
  ] as const) {
    if (source.trim() !== '') attempt(problems, what, () => void parseExpression(source, window));
  }
  return problems;
}

function attempt(problems: string[], what: string, check: () => void): void {
  try {
    check();
  } catch (error) {
    const at = error instanceof ExpressionError ? ` (character ${error.at + 1})` : '';
    problems.push(`${what}: ${(error as Error).message}${at}`);
  }
}

/** How many elements of this page a selector means; undefined when it cannot be used. */
export function matchCount(selector: string): number | undefined {
  try {
    return findAll(selector).length;
  } catch {
    return undefined;
  }
}
