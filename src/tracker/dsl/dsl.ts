/** Reads a DSL file (spec/monitoring.md section 5) into event definitions, without knowing a page. */

import { debug } from '../debug.js';

/** The part of `Element` that is used; any parser's tree will do. */
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
  /** DOM event name, or `timer` or `enterviewport` with `delayMs`. */
  action: string;
  delayMs: number;
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

/** The events of a file in its order, except those that could never be sent. */
export function readDsl(root: XmlElement): EventDefinition[] {
  return named(root, 'events')
    .flatMap((events) => named(events, 'event'))
    .map(eventOf)
    .filter((event) => {
      const isUsable = event.name !== '' && event.triggers.length > 0;
      if (!isUsable) debug('a DSL event needs a name and a trigger', event);
      return isUsable;
    });
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
  const [action = '', delay = ''] = attribute(element, 'action').split(':');
  // `type="timeout"` with a bare number of milliseconds is the older way to write a timer.
  const isBareTimer = attribute(element, 'type') === 'timeout' && /^\d+$/.test(action);
  return {
    element: attribute(element, 'element'),
    action: isBareTimer ? 'timer' : action || 'click',
    delayMs: Number(isBareTimer ? action : delay) || 0,
    count: Math.max(1, Number(attribute(element, 'count')) || 1),
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
