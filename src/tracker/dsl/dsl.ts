/** Reads a DSL file (spec/monitoring.md section 5) into event definitions, without knowing a page. */

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

/** The events of a file in its order. Those that could never be sent are left out and told to `report`. */
export function readDsl(root: XmlElement, report: (problem: string) => void): EventDefinition[] {
  if (root.nodeName !== 'properties') report('a DSL file begins with <properties>');
  return [...named(root, 'events')].flatMap((events) =>
    [...named(events, 'event')].map(eventOf).filter(({ name, triggers }) => {
      const problem =
        name === '' ? 'an event has no name' : triggers.length === 0 ? `${name} has no trigger` : '';
      if (problem !== '') report(problem);
      return problem === '';
    }),
  );
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
