/**
 * The phrases from which business users write rules (spec/rules.md), as data: an editor shows them, fills the
 * parameters in braces, and hands back `FamilyRule`s.
 */
import type { EventTest, FamilyRule, RuleFamily } from './types.js';

export type ParameterKind = 'category' | 'eventName' | 'text' | 'count' | 'duration' | 'event';

export interface PhraseParameter {
  /** As it stands in the phrase, without braces. */
  readonly name: string;
  readonly kind: ParameterKind;
}

export interface Phrase {
  readonly id: string;
  readonly kind: 'condition' | 'action' | 'option';
  readonly text: string;
  readonly parameters: readonly PhraseParameter[];
}

export interface FamilyTemplate {
  readonly family: RuleFamily;
  readonly label: string;
  readonly meaning: string;
  /** Ids of the phrases that its `when` lines choose from. */
  readonly conditions: readonly string[];
  readonly action: string;
  readonly options: readonly string[];
  readonly eventsMin: number;
  readonly eventsMax: number;
}

const category: PhraseParameter = { name: 'category', kind: 'category' };
const name: PhraseParameter = { name: 'name', kind: 'eventName' };
const event: PhraseParameter = { name: '$event', kind: 'event' };
const earlier: PhraseParameter = { name: '$event1', kind: 'event' };
const later: PhraseParameter = { name: '$event2', kind: 'event' };

export const phrases: readonly Phrase[] = [
  {
    id: 'pageInCategory',
    kind: 'condition',
    text: 'page transition event occurs ' + 'that belongs to category {category}',
    parameters: [category],
  },
  {
    id: 'pageInCategorySaved',
    kind: 'condition',
    text: 'page transition event occurs that ' + 'belongs to category {category} save as {$event}',
    parameters: [category, event],
  },
  { id: 'eventNamed', kind: 'condition', text: 'event with name {name}', parameters: [name] },
  {
    id: 'eventNamedSaved',
    kind: 'condition',
    text: 'event with name ' + '{name} save as {$event}',
    parameters: [name, event],
  },
  {
    id: 'followingInCategory',
    kind: 'condition',
    text: 'event following {$event1} with ' + 'category {category} save as {$event2}',
    parameters: [earlier, category, later],
  },
  {
    id: 'followingNamed',
    kind: 'condition',
    text: 'event following {$event1} ' + 'with name {name} save as {$event2}',
    parameters: [earlier, name, later],
  },
  {
    id: 'times',
    kind: 'condition',
    text: 'occurs {count} times',
    parameters: [{ name: 'count', kind: 'count' }],
  },
  {
    id: 'searchContains',
    kind: 'condition',
    text: 'visitor searches for a ' + 'text that contains {value}',
    parameters: [{ name: 'value', kind: 'text' }],
  },
  {
    id: 'searchEquals',
    kind: 'condition',
    text: 'visitor searches ' + 'for exactly {value}',
    parameters: [{ name: 'value', kind: 'text' }],
  },
  { id: 'searchAny', kind: 'condition', text: 'visitor searches for anything', parameters: [] },
  { id: 'emit', kind: 'action', text: 'generate actionable event', parameters: [] },
  {
    id: 'emitBasedOn',
    kind: 'action',
    text: 'generate actionable ' + 'event based on {$event}',
    parameters: [event],
  },
  {
    id: 'within',
    kind: 'option',
    text: 'within {duration}',
    parameters: [{ name: 'duration', kind: 'duration' }],
  },
  { id: 'oncePerVisit', kind: 'option', text: 'once per visit', parameters: [] },
  { id: 'startOver', kind: 'option', text: 'start over after firing', parameters: [] },
];

export const familyTemplates: readonly FamilyTemplate[] = [
  {
    family: 'singleton',
    label: 'Singleton',
    meaning: 'fires for each ' + 'event that fits',
    conditions: ['pageInCategory', 'eventNamed'],
    action: 'emit',
    options: ['oncePerVisit', 'startOver'],
    eventsMin: 1,
    eventsMax: 1,
  },
  {
    family: 'sequence',
    label: 'Sequence',
    meaning: 'the events come in this ' + 'order; others may lie between',
    conditions: ['pageInCategorySaved', 'eventNamedSaved', 'followingInCategory', 'followingNamed'],
    action: 'emitBasedOn',
    options: ['within', 'oncePerVisit', 'startOver'],
    eventsMin: 2,
    eventsMax: 20,
  },
  {
    family: 'set',
    label: 'Set',
    meaning: 'all of the events, or ' + 'any of them, in any order',
    conditions: ['pageInCategorySaved', 'eventNamedSaved'],
    action: 'emitBasedOn',
    options: ['oncePerVisit', 'startOver'],
    eventsMin: 2,
    eventsMax: 20,
  },
  {
    family: 'counter',
    label: 'Counter',
    meaning: 'the event has ' + 'occurred this many times',
    conditions: ['pageInCategory', 'eventNamed', 'times'],
    action: 'emit',
    options: ['within', 'oncePerVisit', 'startOver'],
    eventsMin: 1,
    eventsMax: 1,
  },
  {
    family: 'search',
    label: 'Search',
    meaning: 'the visitor searches ' + 'the site for something',
    conditions: ['searchContains', 'searchEquals', 'searchAny'],
    action: 'emit',
    options: ['oncePerVisit', 'startOver'],
    eventsMin: 1,
    eventsMax: 1,
  },
];

const textOf = new Map(phrases.map((phrase) => [phrase.id, phrase.text]));

function filled(id: string, values: Readonly<Record<string, string>>): string {
  return (textOf.get(id) ?? id).replace(
    /\{([^}]+)\}/g,
    (_, parameter: string) => values[parameter] ?? `{${parameter}}`,
  );
}

function sayEvent(test: EventTest, saveAs: string | null): string {
  const saved = saveAs === null ? '' : 'Saved';
  if (test.kind === 'category')
    return filled(`pageInCategory${saved}`, { category: test.category, $event: saveAs ?? '' });
  return filled(`eventNamed${saved}`, { name: test.name, $event: saveAs ?? '' });
}

function sayFollowing(test: EventTest, index: number): string {
  const values = { $event1: `$event${index}`, $event2: `$event${index + 1}` };
  if (test.kind === 'category') return filled('followingInCategory', { ...values, category: test.category });
  return filled('followingNamed', { ...values, name: test.name });
}

/** A rule as the lines that its author reads: when, then, options. */
export function sayRule(rule: FamilyRule): { when: string[]; then: string[]; options: string[] } {
  const options: string[] = [];
  if ((rule.family === 'sequence' || rule.family === 'counter') && rule.withinMs !== undefined)
    options.push(filled('within', { duration: `${rule.withinMs / 1_000} s` }));
  if (rule.oncePerVisit === true) options.push(filled('oncePerVisit', {}));
  if (rule.startOverAfterFiring === true) options.push(filled('startOver', {}));
  const based = (index: number): string => filled('emitBasedOn', { $event: `$event${index + 1}` });
  switch (rule.family) {
    case 'singleton':
      return { when: [sayEvent(rule.event, null)], then: [filled('emit', {})], options };
    case 'sequence':
      return {
        when: rule.events.map((test, index) =>
          index === 0 ? sayEvent(test, '$event1') : sayFollowing(test, index),
        ),
        then: [based(rule.basedOn)],
        options,
      };
    case 'set': {
      const word = rule.operator === 'all' ? 'and' : 'or';
      return {
        when: rule.events.map(
          (test, index) => `${index === 0 ? '' : `${word} `}${sayEvent(test, `$event${index + 1}`)}`,
        ),
        then: [based(rule.basedOn)],
        options,
      };
    }
    case 'counter':
      return {
        when: [`${sayEvent(rule.event, null)} ${filled('times', { count: String(rule.count) })}`],
        then: [filled('emit', {})],
        options,
      };
    case 'search': {
      const id =
        rule.match === 'contains' ? 'searchContains' : rule.match === 'equals' ? 'searchEquals' : 'searchAny';
      return { when: [filled(id, { value: rule.value })], then: [filled('emit', {})], options };
    }
  }
}
