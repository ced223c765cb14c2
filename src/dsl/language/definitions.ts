/**
 * Reads the tree of a DSL file (spec/monitoring.md section 5) into event definitions, without knowing a
 * page.
 */
import { type ActionRow, actions, readAction } from './actions.js';

/** The part of a DOM element that is used; any parser's tree will do. */
export interface XmlElement {
  readonly nodeName: string;
  readonly children: Iterable<XmlElement>;
  getAttribute(name: string): string | null;
}

export interface ValueDefinition {
  name: string;
  value: string;
}

export interface TriggerDefinition {
  /** Selector; empty is the page itself. */
  element: string;
  /** DOM event name, or an action of our own with its `amount`. */
  action: string;
  amount: number;
  /** A timer that the visitor's moving mouse puts back to its beginning. */
  isRestless: boolean;
  /** How often it must happen. */
  count: number;
  /** Only on this page; empty is every page. */
  url: string;
  values: ValueDefinition[];
}

export interface EventDefinition {
  name: string;
  condition: string;
  postcondition: string;
  triggers: TriggerDefinition[];
  values: ValueDefinition[];
}

/** The events of a file in its order, except those that could never be sent; each is read when asked for. */
export function* readDsl(root: XmlElement): Generator<EventDefinition, void> {
  for (const events of named(root, 'events')) {
    for (const element of named(events, 'event')) {
      const event = eventOf(element);
      if (event.name !== '' && event.triggers.length > 0) yield event;
    }
  }
}

function eventOf(element: XmlElement): EventDefinition {
  return {
    name: attribute(element, 'name'),
    condition: attribute(element, 'condition'),
    postcondition: attribute(element, 'postcondition'),
    triggers: named(element, 'trigger').map(triggerOf),
    values: named(element, 'val').map(valueOf),
  };
}

function triggerOf(element: XmlElement): TriggerDefinition {
  const type = attribute(element, 'type');
  const { name, amount } = readAction(attribute(element, 'action'), type);
  const row = (actions as Readonly<Record<string, ActionRow>>)[name];
  return {
    element: attribute(element, 'element'),
    action: name,
    amount: amount ?? row?.amountDefault ?? 0,
    isRestless: type === 'nomove',
    count: Math.max(1, Math.floor(Number(attribute(element, 'count'))) || 1),
    url: attribute(element, 'url'),
    values: named(element, 'val').map(valueOf),
  };
}

function valueOf(element: XmlElement): ValueDefinition {
  return { name: attribute(element, 'name'), value: attribute(element, 'value') };
}

function named(parent: XmlElement, name: string): XmlElement[] {
  return [...parent.children].filter((child) => child.nodeName === name);
}

function attribute(element: XmlElement, name: string): string {
  return element.getAttribute(name)?.trim() ?? '';
}
