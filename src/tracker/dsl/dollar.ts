/**
 * The part of jQuery that DSL files use, for pages that do not have jQuery themselves. It reads a page and
 * changes nothing in it.
 */
import { ancestors, closest, matches, select } from './select.js';

export type Target = string | Node | Window | Query | ArrayLike<unknown> | null | undefined;
type Found = Element | null | undefined;
type Visit<Result> = (this: Element, index: number, element: Element) => Result;
type Choice = string | Query | Element | Visit<unknown>;

export interface Query extends Readonly<Record<Way, (selector?: string) => Query>>, Members {
  readonly length: number;
  readonly [index: number]: Element;
}

/** Ways from one element to others, of which a selector then chooses. */
const ways = {
  parent: (element: Element): Iterable<Found> => [element.parentElement],
  parents: (element: Element): Iterable<Found> => ancestors(element.parentElement),
  children: (element: Element): Iterable<Found> => element.children,
  contents: (element: Element): Iterable<Found> => element.children,
  siblings: (element: Element): Iterable<Found> => family(element).filter((other) => other !== element),
  next: (element: Element): Iterable<Found> => [element.nextElementSibling],
  prev: (element: Element): Iterable<Found> => [element.previousElementSibling],
  nextAll: (element: Element): Iterable<Found> => {
    const all = family(element);
    return all.slice(all.indexOf(element) + 1);
  },
  prevAll: (element: Element): Iterable<Found> => {
    const all = family(element);
    return all.slice(0, all.indexOf(element)).reverse();
  },
};
type Way = keyof typeof ways;

function family(element: Element): Element[] {
  return [...(element.parentElement?.children ?? [])];
}

/** What else can be asked of what was found; jQuery's own documentation says how. */
interface Members {
  get(): Element[];
  get(index: number): Element | undefined;
  toArray(): Element[];
  size(): number;
  eq(index: number): Query;
  first(): Query;
  last(): Query;
  slice(start: number, end?: number): Query;
  find(selector: string): Query;
  closest(selector: string): Query;
  filter(choice: Choice): Query;
  not(choice: Choice): Query;
  has(selector: string): Query;
  add(target: Target): Query;
  each(visit: Visit<unknown>): Query;
  map(visit: Visit<unknown>): { get(): unknown[]; toArray(): unknown[]; length: number };
  is(choice: Choice): boolean;
  index(target?: Target): number;
  hasClass(name: string): boolean;
  text(): string;
  html(): string | undefined;
  val(): unknown;
  attr(name: string): string | undefined;
  prop(name: string): unknown;
  data(name: string): unknown;
  css(name: string): string | undefined;
  width(): number;
  height(): number;
  scrollTop(): number;
  offset(): { top: number; left: number } | undefined;
  serialize(): string;
}

export interface Dollar {
  (target: Target, context?: Target): Query;
  trim(text?: string | null): string;
  inArray(value: unknown, list: unknown[]): number;
  isNumeric(value: unknown): boolean;
  each(list: ArrayLike<unknown>, visit: (index: number, value: unknown) => unknown): unknown;
  map(list: ArrayLike<unknown>, visit: (value: unknown, index: number) => unknown): unknown[];
}

function membersOf(elements: readonly Element[], self: Query, source: Target): Members {
  const head = elements[0];
  const choose = (choice: Choice, wanted: boolean): Query =>
    query(elements.filter((element, index) => isChosen(element, index, choice, elements) === wanted));
  const attr = (name: string): string | undefined => head?.getAttribute(name) ?? undefined;
  const eq = (index: number): Query => query([elements.at(index)]);
  const map = (visit: Visit<unknown>): unknown[] =>
    elements
      .map((element, index) => visit.call(element, index, element))
      .flat()
      .filter(isThere);
  return {
    get: ((index?: number) => (index === undefined ? [...elements] : elements.at(index))) as Members['get'],
    toArray: () => [...elements],
    size: () => elements.length,
    eq,
    first: () => eq(0),
    last: () => eq(-1),
    slice: (start, end) => query(elements.slice(start, end)),
    find: (selector) => query(elements.flatMap((element) => select(element, selector))),
    closest: (selector) => query(elements.map((element) => closest(element, selector))),
    filter: (choice) => choose(choice, true),
    not: (choice) => choose(choice, false),
    has: (selector) => query(elements.filter((element) => select(element, selector).length > 0)),
    add: (target) => query([...elements, ...dollar(target).toArray()]),
    each(visit) {
      elements.every((element, index) => visit.call(element, index, element) !== false);
      return self;
    },
    map(visit) {
      const values = map(visit);
      return { get: () => values, toArray: () => values, length: values.length };
    },
    is: (choice) => elements.some((element, index) => isChosen(element, index, choice, elements)),
    index(target) {
      if (target === undefined) return head === undefined ? -1 : family(head).indexOf(head);
      return elements.indexOf(dollar(target).get(0) as Element);
    },
    hasClass: (name) => elements.some(({ classList }) => classList.contains(name)),
    text: () => elements.map(({ textContent }) => textContent).join(''),
    html: () => head?.innerHTML,
    val: () => valueOf(head),
    attr,
    prop: (name) => (head as unknown as Record<string, unknown> | undefined)?.[name],
    data: (name) => dataOf(attr('data-' + name.replace(/[A-Z]/g, (letter) => '-' + letter.toLowerCase()))),
    css: (name) => (head === undefined ? undefined : getComputedStyle(head).getPropertyValue(name)),
    width: () => (source === window ? innerWidth : (head?.clientWidth ?? 0)),
    height: () => (source === window ? innerHeight : (head?.clientHeight ?? 0)),
    scrollTop: () => (isPage(source) ? scrollY : (head?.scrollTop ?? 0)),
    offset() {
      const box = head?.getBoundingClientRect();
      return box && { top: box.top + scrollY, left: box.left + scrollX };
    },
    serialize: () => serialized(head),
  };
}

function isThere(value: unknown): boolean {
  return value !== null && value !== undefined;
}

function isPage(source: Target): boolean {
  return source === window || source === document;
}

function isChosen(element: Element, index: number, choice: Choice, all: readonly Element[]): boolean {
  if (typeof choice === 'function') return Boolean(choice.call(element, index, element));
  if (typeof choice !== 'string') return dollar(choice).toArray().includes(element);
  // `:first` and its like choose among what was found, not in the page.
  const place = /^:(first|last|even|odd|(?:eq|gt|lt)\((-?\d+)\))$/.exec(choice);
  return place === null
    ? matches(element, choice)
    : isPlaced(place[1] ?? '', Number(place[2]), index, all.length);
}

function isPlaced(name: string, at: number, index: number, count: number): boolean {
  const wanted = at < 0 ? count + at : at;
  if (name === 'first') return index === 0;
  if (name === 'last') return index === count - 1;
  if (name === 'even') return index % 2 === 0;
  if (name === 'odd') return index % 2 === 1;
  if (name.startsWith('eq')) return index === wanted;
  return name.startsWith('gt') ? index > wanted : index < wanted;
}

function valueOf(element: Element | undefined): unknown {
  if (element instanceof HTMLSelectElement && element.multiple) {
    return Array.from(element.selectedOptions, ({ value }) => value);
  }
  return (element as { value?: unknown } | undefined)?.value;
}

/** As jQuery: what looks like a number, a boolean or JSON is one. */
function dataOf(text: string | undefined): unknown {
  if (text === undefined || !/^(true|false|null|-?\d[\d.]*|\{[^]*\}|\[[^]*\])$/.test(text)) return text;
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === 'number' && String(value) !== text ? text : value;
  } catch {
    return text;
  }
}

function serialized(form: Element | undefined): string {
  if (!(form instanceof HTMLFormElement)) return '';
  const fields = [...new FormData(form)].filter(
    (field): field is [string, string] => typeof field[1] === 'string',
  );
  return new URLSearchParams(fields).toString();
}

function query(found: Iterable<Found>, source?: Target): Query {
  const elements = [...new Set(found)].filter((element) => element instanceof Element);
  const self = { length: elements.length } as unknown as Query;
  Object.assign(self, elements, membersOf(elements, self, source));
  for (const [name, way] of Object.entries(ways)) {
    const follow = (selector?: string): Query => {
      const next = elements.flatMap((element) => [...way(element)]).filter(isThere) as Element[];
      return query(selector === undefined ? next : next.filter((element) => matches(element, selector)));
    };
    (self as unknown as Record<string, unknown>)[name] = follow;
  }
  return self;
}

export const dollar: Dollar = Object.assign(
  (target: Target, context?: Target): Query => {
    if (typeof target === 'string') {
      return context ? dollar(context).find(target) : query(select(document, target));
    }
    if (isPage(target)) return query([document.documentElement], target);
    return query(target instanceof Element ? [target] : Array.from((target ?? []) as ArrayLike<Element>));
  },
  {
    trim: (text?: string | null) => (text ?? '').trim(),
    inArray: (value: unknown, list: unknown[]) => list.indexOf(value),
    isNumeric: (value: unknown) =>
      !Number.isNaN(Number.parseFloat(String(value))) && Number.isFinite(Number(value)),
    each(list: ArrayLike<unknown>, visit: (index: number, value: unknown) => unknown) {
      Array.from(list).every((value, index) => visit(index, value) !== false);
      return list;
    },
    map: (list: ArrayLike<unknown>, visit: (value: unknown, index: number) => unknown) =>
      Array.from(list).map(visit).flat().filter(isThere),
  },
);
