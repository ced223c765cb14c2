/** Words an element as a selector and as values: what a person would write in a DSL file for it. */

/** A value to choose from, with what it is now. */
export interface Suggestion {
  name: string;
  /** The expression, with the clicked element as `event.target`. */
  value: string;
  now: string;
}

/** Names that a tool made and will make differently the next time. */
const madeUp = /\d{3,}|^[a-z]{1,3}-?[0-9a-f]{5,}$|^(css|sc|jsx|svelte|ng|v)-|__|^:|[A-Z]{2,}\d/;
const testAttributes = [
  'data-sku',
  'data-id',
  'data-name',
  'data-product',
  'data-testid',
  'name',
  'aria-label',
];
const sayingTags = 'h1,h2,h3,h4,[class*=name],[class*=title],[class*=price],[class*=sku],[data-price]';
const containerMax = 6;
const suggestionsMax = 8;
const shownLengthMax = 60;

/** The clickable thing that somebody means who clicks a part of it. */
export function meantElement(element: Element): Element {
  return element.closest('a,button,input,select,textarea,label,[role=button],summary') ?? element;
}

/** Selectors for an element, the likeliest first: for it alone, and for all that look like it. */
export function selectorsFor(element: Element): string[] {
  const tag = element.localName;
  const found = new Set<string>();
  const { id } = element;
  if (id !== '' && !madeUp.test(id)) found.add(`#${CSS.escape(id)}`);
  const classes = classesOf(element);
  if (classes.length > 0) found.add(classes.join(''));
  for (const name of testAttributes) {
    const value = element.getAttribute(name);
    if (value !== null && value !== '') found.add(`${tag}[${name}=${quoted(value)}]`);
  }
  const text = textOf(element);
  if (text !== '' && text.length <= 30 && element.children.length === 0) {
    found.add(`${tag}:contains(${quoted(text)})`);
  }
  found.add(pathOf(element));
  return [...found];
}

/** Values that stand on the element and near it. */
export function suggestionsFor(element: Element): Suggestion[] {
  const found: Suggestion[] = [];
  const add = (name: string, value: string, now: string): void => {
    if (now === '' || found.length >= suggestionsMax || found.some((other) => other.name === name)) return;
    found.push({ name, value, now: now.slice(0, shownLengthMax) });
  };
  const me = `$(event.target).closest('${singleQuoted(selectorsFor(element)[0] ?? element.localName)}')`;
  if ('value' in element && element.localName !== 'button') {
    add('value', `${me}.val()`, (element as HTMLInputElement).value);
  } else add('text', `$.trim(${me}.text())`, textOf(element));
  for (const { name, value } of element.attributes) {
    if (/^(data-(?!beckon)|href$|name$|title$)/.test(name)) {
      add(wordOf(name.replace(/^data-/, '')), `${me}.attr('${name}')`, value);
    }
  }
  const form = element.closest('form');
  for (const field of form?.querySelectorAll(
    'input[name]:not([type=password]),select[name],textarea[name]',
  ) ?? []) {
    const { name, value } = field as HTMLInputElement;
    const selector = `[name=${quoted(name)}]`;
    add(wordOf(name), `$(event.target).closest('form').find('${singleQuoted(selector)}').val()`, value);
  }
  aroundValues(element, add);
  return found;
}

/** The box that the element stands in often says what it is about. */
function aroundValues(element: Element, add: (name: string, value: string, now: string) => void): void {
  let container = element.parentElement;
  for (let level = 0; container !== null && container !== document.body && level < containerMax; level++) {
    const classes = classesOf(container);
    const parts = [...container.querySelectorAll(sayingTags)].filter((part) => !part.contains(element));
    if (classes.length > 0 && parts.length > 0) {
      const box = `$(event.target).closest('${classes[0] ?? ''}')`;
      for (const { name, value } of container.attributes) {
        if (name.startsWith('data-')) add(wordOf(name.slice(5)), `${box}.attr('${name}')`, value);
      }
      for (const part of parts) {
        const selector = classesOf(part)[0] ?? part.localName;
        add(wordOf(selector), `$.trim(${box}.find('${selector}').text())`, textOf(part));
      }
      return;
    }
    container = container.parentElement;
  }
}

function classesOf(element: Element): string[] {
  return [...element.classList].filter((name) => !madeUp.test(name)).map((name) => `.${CSS.escape(name)}`);
}

/** From the nearest element with an id or a class of its own, step by step. */
function pathOf(element: Element): string {
  const steps: string[] = [];
  for (
    let next: Element | null = element;
    next !== null && next !== document.body;
    next = next.parentElement
  ) {
    const { id, localName, parentElement } = next;
    if (id !== '' && !madeUp.test(id)) return [`#${CSS.escape(id)}`, ...steps].join(' > ');
    const twins = [...(parentElement?.children ?? [])].filter((other) => other.localName === localName);
    const place = twins.length > 1 ? `:nth-of-type(${twins.indexOf(next) + 1})` : '';
    steps.unshift(`${localName}${place}`);
    const selector = steps.join(' > ');
    if (steps.length > 1 && document.querySelectorAll(selector).length === 1) return selector;
  }
  return ['body', ...steps].join(' > ');
}

export function textOf(element: Element): string {
  return element.textContent.replace(/\s+/g, ' ').trim();
}

function wordOf(name: string): string {
  const words = name.replace(/^\.|\\/g, '').split(/[^A-Za-z0-9]+/);
  return words
    .map((word, index) => (index === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1)))
    .join('');
}

function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

function singleQuoted(text: string): string {
  return text.replace(/\\/g, '\\\\').replace(/'/g, "\\'");
}
