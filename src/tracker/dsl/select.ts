/** Finds elements by the selectors of a DSL file, jQuery's own pseudo-classes included. */
import { readSelector, type Filter, type Step } from '../../dsl/language/index.js';

/** Whether an element stays; `index` is its place among those found so far. */
type Test = (element: Element, argument: string, index: number, count: number) => boolean;

const inputs = 'input,select,textarea,button';

const tests: Readonly<Record<Filter['name'], Test>> = {
  contains: (element, text) => element.textContent.includes(text),
  not: (element, selector) => !matches(element, selector),
  has: (element, selector) => select(element, selector).length > 0,
  first: (_, __, index) => index === 0,
  last: (_, __, index, count) => index === count - 1,
  even: (_, __, index) => index % 2 === 0,
  odd: (_, __, index) => index % 2 === 1,
  eq: (_, at, index, count) => index === (Number(at) < 0 ? count + Number(at) : Number(at)),
  gt: (_, at, index, count) => index > (Number(at) < 0 ? count + Number(at) : Number(at)),
  lt: (_, at, index, count) => index < (Number(at) < 0 ? count + Number(at) : Number(at)),
  visible: isVisible,
  hidden: (element) => !isVisible(element),
  selected: (element) => (element as HTMLOptionElement).selected,
  parent: (element) => element.firstChild !== null,
  header: (element) => /^h[1-6]$/i.test(element.localName),
  input: (element) => element.matches(inputs),
  button: (element) => element.matches('button,input[type=button]'),
  text: (element) => element.matches('input:not([type]),input[type=text]'),
  password: isInput,
  radio: isInput,
  checkbox: isInput,
  submit: (element) => element.matches('input[type=submit],button:not([type]),button[type=submit]'),
  reset: (element) => element.matches('[type=reset]'),
  image: isInput,
  file: isInput,
};

/** What selectors were read before; a DSL file has few. */
const read = new Map<string, Step[][]>();
const readMax = 500;

/** Elements under `root` for a selector, in document order. */
export function select(root: ParentNode, selector: string): Element[] {
  const found = stepsOf(selector).map((steps) => follow(root, steps));
  if (found.length === 1) return found[0] ?? [];
  return [...new Set(found.flat())].sort((one, other) =>
    one.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1,
  );
}

/** Whether an element is one of those that `selector` would find. */
export function matches(element: Element, selector: string): boolean {
  return stepsOf(selector).some((steps) => {
    const [only] = steps;
    if (steps.length === 1 && only?.filters.length === 0) return element.matches(only.css);
    // Filters by text and state ask the element alone; those by place ask who else was found.
    return follow(element.getRootNode() as ParentNode, steps).includes(element);
  });
}

export function closest(element: Element, selector: string): Element | undefined {
  return ancestors(element).find((candidate) => matches(candidate, selector));
}

export function ancestors(element: Element | null): Element[] {
  const found: Element[] = [];
  for (let next = element; next !== null; next = next.parentElement) found.push(next);
  return found;
}

function stepsOf(selector: string): Step[][] {
  let steps = read.get(selector);
  if (steps === undefined) {
    steps = readSelector(selector);
    if (read.size < readMax) read.set(selector, steps);
  }
  return steps;
}

function follow(root: ParentNode, steps: readonly Step[]): Element[] {
  let found: Element[] | undefined;
  for (const { combinator, css, filters } of steps) {
    const next =
      found === undefined
        ? [...root.querySelectorAll(css)]
        : [...new Set(found.flatMap((element) => [...beyond(element, combinator, css)]))];
    found = filters.reduce(narrowed, next);
  }
  return found ?? [];
}

function beyond(element: Element, combinator: string, css: string): Iterable<Element> {
  if (combinator === ' ') return element.querySelectorAll(css);
  if (combinator === '>') return element.querySelectorAll(`:scope > ${css}`);
  const { parentElement, nextElementSibling } = element;
  if (combinator === '+') return nextElementSibling?.matches(css) ? [nextElementSibling] : [];
  const siblings = [...(parentElement?.children ?? [])];
  return siblings.slice(siblings.indexOf(element) + 1).filter((sibling) => sibling.matches(css));
}

function narrowed(elements: readonly Element[], filter: Filter | string): Element[] {
  if (typeof filter === 'string') return elements.filter((element) => element.matches(filter));
  const { name, argument } = filter;
  const text = ['password', 'radio', 'checkbox', 'image', 'file'].includes(name) ? name : argument;
  return elements.filter((element, index) => tests[name](element, text, index, elements.length));
}

function isInput(element: Element, type: string): boolean {
  return element.matches(`input[type=${type}]`);
}

function isVisible(element: Element): boolean {
  return element.getClientRects().length > 0;
}
