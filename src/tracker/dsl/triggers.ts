/** Watches a page for what a DSL file describes, and tells when an event's triggers have all happened. */
import { debug } from '../debug.js';
import { closest, dollar, matches } from './dollar.js';
import type { EventDefinition, TriggerDefinition, ValueDefinition } from './dsl.js';
import { parseExpression, type Expression, type Scope } from './expression.js';

export type Track = (name: string, data: Record<string, unknown>) => void;
type Undo = () => void;
type Fire = (event: Event | undefined, element: Element | undefined) => void;

/**
 * How much of an element, or of the window by it, must be seen for it to be in view, and how often new
 * elements are looked for.
 */
const shareInView = 0.5;
const lookAgainMs = 1_000;

/** Attaches the events whose condition holds; returns what takes them off again. */
export function watch(definitions: readonly EventDefinition[], track: Track): Undo {
  const undos: Undo[] = [];
  for (const definition of definitions) {
    try {
      if (!expressionOf(definition.condition, true)(scopeOf())) continue;
      undos.push(...watchEvent(definition, track));
    } catch (error) {
      debug(`DSL event ${definition.name} is left out`, error);
    }
  }
  return () => {
    for (const undo of undos) undo();
  };
}

/** All triggers must have happened, each as often as it says; then the event is sent and they count anew. */
function watchEvent(definition: EventDefinition, track: Track): Undo[] {
  const triggers = definition.triggers.filter(({ url }) => url === '' || isHere(url));
  if (triggers.length < definition.triggers.length) return [];
  const postcondition = expressionOf(definition.postcondition, true);
  const valuesOf = reader(definition.values);
  const counts = triggers.map(() => 0);
  let data: Record<string, unknown> = {};
  return triggers.map((trigger, index) => {
    const triggerValuesOf = reader(trigger.values);
    return attach(trigger, (event, element) => {
      try {
        const scope = scopeOf(event, element);
        counts[index] = (counts[index] ?? 0) + 1;
        Object.assign(data, triggerValuesOf(scope));
        if (triggers.some(({ count }, at) => (counts[at] ?? 0) < count)) return;
        const gathered = data;
        counts.fill(0);
        data = {};
        if (postcondition(scope)) track(definition.name, { ...gathered, ...valuesOf(scope) });
      } catch (error) {
        debug(`DSL event ${definition.name} was not sent`, error);
      }
    });
  });
}

function attach(trigger: TriggerDefinition, fire: Fire): Undo {
  if (trigger.action === 'timer') return attachTimer(trigger.delayMs, trigger.count, fire);
  if (trigger.action === 'enterviewport') return attachViewport(trigger, fire);
  const listener = (event: Event): void => {
    const element = targetOf(event, trigger.element);
    if (element !== null) fire(event, element);
  };
  // Captured at the window, so that what the page adds later, and what does not bubble, is seen too.
  window.addEventListener(trigger.action, listener, true);
  return () => {
    window.removeEventListener(trigger.action, listener, true);
  };
}

/** A timer with a count comes round so often; it ends with that, so its event is sent once per page. */
function attachTimer(delayMs: number, count: number, fire: Fire): Undo {
  let left = count;
  const timer = setInterval(() => {
    if (--left <= 0) clearInterval(timer);
    fire(undefined, undefined);
  }, delayMs);
  return () => {
    clearInterval(timer);
  };
}

/** Fires once for each element that stays in view for `delayMs`; the page's later elements are found too. */
function attachViewport({ element: selector, delayMs }: TriggerDefinition, fire: Fire): Undo {
  const observers = new Map<Element, IntersectionObserver>();
  const look = (): void => {
    dollar(selector).each((_, element) => {
      if (!observers.has(element)) observers.set(element, observe(element));
    });
  };
  const observe = (element: Element): IntersectionObserver => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    // A tall element is in view when it fills as much of the window.
    const threshold = Math.min(1, innerHeight / element.clientHeight) * shareInView;
    const observer = new IntersectionObserver(
      (changes) => {
        clearTimeout(timer);
        if ((changes.at(-1)?.intersectionRatio ?? 0) < threshold) return;
        timer = setTimeout(() => {
          observer.disconnect();
          fire(undefined, element);
        }, delayMs);
      },
      { threshold },
    );
    observer.observe(element);
    return observer;
  };
  look();
  const again = setInterval(look, lookAgainMs);
  return () => {
    clearInterval(again);
    for (const observer of observers.values()) observer.disconnect();
  };
}

/** The element that the trigger means; undefined is the page itself, null another part of it. */
function targetOf(event: Event, selector: string): Element | undefined | null {
  if (selector === '' || selector === 'document' || selector === 'window') return undefined;
  const { target } = event;
  if (!(target instanceof Element)) return null;
  if (event.bubbles) return closest(target, selector) ?? null;
  return matches(target, selector) ? target : null;
}

function isHere(url: string): boolean {
  const wanted = new URL(url, location.href);
  const isSamePath = wanted.origin + wanted.pathname === location.origin + location.pathname;
  return isSamePath && (wanted.search === '' || wanted.search === location.search);
}

function scopeOf(event?: Event, element?: Element): Scope {
  const { jQuery } = window as { jQuery?: unknown };
  const $ = jQuery ?? dollar;
  return { $, jQuery: $, event, this: element };
}

function expressionOf(source: string, absent: unknown): Expression {
  return source === '' ? () => absent : parseExpression(source, window);
}

/** A value that cannot be read is left out; the event is sent without it. */
function reader(definitions: readonly ValueDefinition[]): (scope: Scope) => Record<string, unknown> {
  const values = definitions.map(({ name, value }) => [name, expressionOf(value, '')] as const);
  return (scope) => {
    const data: Record<string, unknown> = {};
    for (const [name, value] of values) {
      try {
        data[name] = value(scope);
      } catch (error) {
        debug(`DSL value ${name} cannot be read`, error);
      }
    }
    return data;
  };
}
