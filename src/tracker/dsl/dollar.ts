/** The little of jQuery that DSL expressions use, for pages that do not have jQuery themselves. */

type Visit = (this: Element, index: number, element: Element) => unknown;
export type Target = string | Element | Document | Window | Query | null | undefined;

export interface Query {
  readonly length: number;
  readonly [index: number]: Element;
  get(index: number): Element | undefined;
  eq(index: number): Query;
  first(): Query;
  last(): Query;
  each(visit: Visit): Query;
  find(selector: string): Query;
  filter(selector: string): Query;
  closest(selector: string): Query;
  parent(selector?: string): Query;
  parents(selector?: string): Query;
  children(selector?: string): Query;
  siblings(selector?: string): Query;
  next(selector?: string): Query;
  prev(selector?: string): Query;
  is(selector: string): boolean;
  hasClass(name: string): boolean;
  text(): string;
  html(): string | undefined;
  val(): unknown;
  attr(name: string): string | undefined;
  prop(name: string): unknown;
  data(name: string): string | undefined;
}

export interface Dollar {
  (target: Target, context?: Target): Query;
  trim(text: unknown): string;
}

const containsPattern = /^(.*?):contains\((["']?)(.*?)\2\)(.*)$/s;

/** Elements under `root` for a selector that may use `:contains("text")`. */
function select(root: ParentNode, selector: string): Element[] {
  const match = containsPattern.exec(selector);
  if (match === null) return [...root.querySelectorAll(selector)];
  const [, before = '', , text = '', after = ''] = match;
  const found = select(root, /[\s>+~]$|^$/.test(before) ? `${before}*` : before).filter((element) =>
    element.textContent.includes(text),
  );
  if (after === '') return found;
  // What follows without a combinator belongs to the same element.
  return /^\s*[\s>+~]/.test(after)
    ? found.flatMap((element) => select(element, `:scope${after}`))
    : found.filter((element) => matches(element, `*${after}`));
}

/** Whether an element is one of those that `selector` would find. */
export function matches(element: Element, selector: string): boolean {
  return selector.includes(':contains(')
    ? select(element.ownerDocument, selector).includes(element)
    : element.matches(selector);
}

export function closest(element: Element, selector: string): Element | undefined {
  return ancestors(element, true).find((candidate) => matches(candidate, selector));
}

function ancestors(element: Element, isInclusive: boolean): Element[] {
  const found: Element[] = [];
  let step = isInclusive ? element : element.parentElement;
  for (; step !== null; step = step.parentElement) found.push(step);
  return found;
}

function query(found: Iterable<Element | null | undefined>): Query {
  const elements = [...new Set(found)].filter((element) => element != null);
  const head = elements[0];
  const each = (step: (element: Element) => Iterable<Element | null | undefined>, selector?: string): Query =>
    query(elements.flatMap((element) => [...step(element)]).filter((element) => fits(element, selector)));
  const self: Query = Object.assign(Object.create(null) as object, elements, {
    length: elements.length,
    get: (index: number) => elements.at(index),
    eq: (index: number) => query([elements.at(index)]),
    first: () => self.eq(0),
    last: () => self.eq(-1),
    each(visit: Visit) {
      elements.every((element, index) => visit.call(element, index, element) !== false);
      return self;
    },
    find: (selector: string) => each((element) => select(element, selector)),
    filter: (selector: string) => each((element) => [element], selector),
    closest: (selector: string) => each((element) => [closest(element, selector)]),
    parent: (selector?: string) => each((element) => [element.parentElement], selector),
    parents: (selector?: string) => each((element) => ancestors(element, false), selector),
    children: (selector?: string) => each((element) => element.children, selector),
    siblings: (selector?: string) =>
      each(
        (element) => [...(element.parentElement?.children ?? [])].filter((other) => other !== element),
        selector,
      ),
    next: (selector?: string) => each((element) => [element.nextElementSibling], selector),
    prev: (selector?: string) => each((element) => [element.previousElementSibling], selector),
    is: (selector: string) => elements.some((element) => matches(element, selector)),
    hasClass: (name: string) => elements.some((element) => element.classList.contains(name)),
    text: () => elements.map((element) => element.textContent).join(''),
    html: () => head?.innerHTML,
    val: () => valueOf(head),
    attr: (name: string) => head?.getAttribute(name) ?? undefined,
    prop: (name: string) => (head as unknown as Record<string, unknown> | undefined)?.[name],
    data: (name: string) => head?.getAttribute(`data-${name}`) ?? undefined,
  });
  return self;
}

function fits(element: Element | null | undefined, selector: string | undefined): boolean {
  return selector === undefined || (element != null && matches(element, selector));
}

function valueOf(element: Element | undefined): unknown {
  if (element instanceof HTMLSelectElement && element.multiple) {
    return [...element.selectedOptions].map((option) => option.value);
  }
  return (element as { value?: unknown } | undefined)?.value;
}

export const dollar: Dollar = Object.assign(
  (target: Target, context?: Target): Query => {
    if (typeof target !== 'string') {
      if (target == null || target === window) return query([]);
      if (target instanceof Document) return query([target.documentElement]);
      return query(target instanceof Element ? [target] : Array.from(target as ArrayLike<Element>));
    }
    return context == null ? query(select(document, target)) : dollar(context).find(target);
  },
  { trim: (text: unknown) => String(text ?? '').trim() },
);
