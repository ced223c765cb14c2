/** The little of jQuery that DSL expressions use, for pages that do not have jQuery themselves. */

type Target = string | Node | Window | Query | null | undefined;
type Found = Element | null | undefined;

export interface Query extends Readonly<Record<Step, (selector?: string) => Query>> {
  readonly length: number;
  readonly [index: number]: Element;
  get(index: number): Element | undefined;
  eq(index: number): Query;
  first(): Query;
  last(): Query;
  each(visit: (this: Element, index: number, element: Element) => unknown): Query;
  is(selector: string): boolean;
  hasClass(name: string): boolean;
  text(): string;
  val(): unknown;
  attr(name: string): string | undefined;
  data(name: string): string | undefined;
}

export interface Dollar {
  (target: Target, context?: Target): Query;
  trim(text?: string | null): string;
}

/** Ways from one element to others, of which `selector` then chooses. */
const steps = {
  find: (element: Element, selector = '*'): Iterable<Found> => select(element, selector),
  filter: (element: Element): Iterable<Found> => [element],
  closest: (element: Element, selector = '*'): Iterable<Found> => [closest(element, selector)],
  parent: (element: Element): Iterable<Found> => [element.parentElement],
  parents: (element: Element): Iterable<Found> => ancestors(element.parentElement),
  children: (element: Element): Iterable<Found> => element.children,
  siblings: (element: Element): Iterable<Found> =>
    [...(element.parentElement?.children ?? [])].filter((other) => other !== element),
  next: (element: Element): Iterable<Found> => [element.nextElementSibling],
  prev: (element: Element): Iterable<Found> => [element.previousElementSibling],
};
type Step = keyof typeof steps;

const containsPattern = /^(.*?):contains\((["']?)(.*?)\2\)(.*)$/s;

/**
 * Elements under `root` for a selector that may use `:contains("text")`, behind which only descendants
 * follow.
 */
function select(root: ParentNode, selector: string): Element[] {
  const [all, before = '', , text = '', after = ''] = containsPattern.exec(selector) ?? [];
  if (all === undefined) return [...root.querySelectorAll(selector)];
  const found = select(root, /[\s>+~]$|^$/.test(before) ? before + '*' : before).filter((element) =>
    element.textContent.includes(text),
  );
  return after === '' ? found : found.flatMap((element) => select(element, ':scope' + after));
}

/** Whether an element is one of those that `selector` would find. */
export function matches(element: Element, selector: string): boolean {
  return selector.includes(':contains(')
    ? select(document, selector).includes(element)
    : element.matches(selector);
}

export function closest(element: Element, selector: string): Element | undefined {
  return ancestors(element).find((candidate) => matches(candidate, selector));
}

function ancestors(element: Element | null): Element[] {
  return element === null ? [] : [element, ...ancestors(element.parentElement)];
}

function query(found: Iterable<Found>): Query {
  const elements = [...new Set(found)].filter((element) => element instanceof Element);
  const head = elements[0];
  const attr = (name: string): string | undefined => head?.getAttribute(name) ?? undefined;
  const eq = (index: number): Query => query([elements.at(index)]);
  const self: Record<string, unknown> = {
    length: elements.length,
    get: (index: number) => elements.at(index),
    eq,
    first: () => eq(0),
    last: () => eq(-1),
    each(visit: (this: Element, index: number, element: Element) => unknown) {
      elements.every((element, index) => visit.call(element, index, element) !== false);
      return self;
    },
    is: (selector: string) => elements.some((element) => matches(element, selector)),
    hasClass: (name: string) => elements.some(({ classList }) => classList.contains(name)),
    text: () => elements.map(({ textContent }) => textContent).join(''),
    val: () => (head as { value?: unknown } | undefined)?.value,
    attr,
    data: (name: string) => attr('data-' + name),
  };
  elements.forEach((element, index) => (self[index] = element));
  for (const [name, step] of Object.entries(steps)) {
    self[name] = (selector?: string) =>
      query(
        elements
          .flatMap((element) => [...step(element, selector)])
          .filter((element) => element && (selector === undefined || matches(element, selector))),
      );
  }
  return self as unknown as Query;
}

export const dollar: Dollar = Object.assign(
  (target: Target, context?: Target): Query => {
    if (typeof target === 'string')
      return context ? dollar(context).find(target) : query(select(document, target));
    if (target === document) return query([document.documentElement]);
    return query(target instanceof Element ? [target] : Array.from((target ?? []) as ArrayLike<Element>));
  },
  { trim: (text?: string | null) => (text ?? '').trim() },
);
