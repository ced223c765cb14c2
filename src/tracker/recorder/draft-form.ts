/** The form in which an event is written: name, what must happen, where, and what it says. */
import { el } from '../ui/element.js';
import { actionChoices, type Draft, type DraftValue } from './draft.js';
import { matchCount, problemsOf } from './live-test.js';
import { selectorsFor, suggestionsFor, type Suggestion } from './selector-of.js';

export class DraftForm {
  readonly element = el('div', { 'data-beckon': 'draft' });
  readonly #changed: (isRight: boolean) => void;
  readonly #name: HTMLInputElement;
  readonly #action: HTMLInputElement;
  readonly #selector: HTMLInputElement;
  readonly #onlyHere: HTMLInputElement;
  readonly #condition: HTMLInputElement;
  readonly #matches = el('p', { class: 'hint', role: 'status' });
  readonly #problems = el('div', { role: 'alert' });
  readonly #values = el('div');
  readonly #suggested = el('div', { class: 'chips' });
  readonly #suggestions: Suggestion[];
  #rows: DraftValue[];

  constructor(draft: Draft, element: Element | undefined, changed: (isRight: boolean) => void) {
    this.#changed = changed;
    this.#suggestions = element === undefined ? [] : suggestionsFor(element);
    this.#rows = draft.values.map((value) => ({ ...value }));
    this.#name = this.#field('draft-name', draft.name, { placeholder: 'AddToCart' });
    this.#action = this.#field('draft-action', draft.action, { list: 'actions' });
    this.#selector = this.#field('draft-element', draft.element, { class: 'mono', list: 'selectors' });
    this.#condition = this.#field('draft-condition', draft.condition, { class: 'mono' });
    this.#onlyHere = el('input', { type: 'checkbox', id: 'draft-here', 'data-beckon': 'draft-here' });
    this.#onlyHere.checked = draft.url !== '';
    this.#onlyHere.addEventListener('change', () => this.changed());
    const selectors = element === undefined ? [] : selectorsFor(element);
    this.element.append(
      label('draft-name', 'Name of the event'),
      this.#name,
      label('draft-action', 'What must happen'),
      this.#action,
      choices('actions', actionChoices),
      label('draft-element', 'Element (a selector; empty is the whole page)'),
      this.#selector,
      choices('selectors', selectors),
      this.#alternatives(selectors),
      this.#matches,
      el('label', { class: 'check', for: 'draft-here' }, this.#onlyHere, 'Only on this page'),
      el('h3', {}, 'What the event says'),
      this.#values,
      this.#suggested,
      label('draft-condition', 'Only if (an expression; may stay empty)'),
      this.#condition,
      this.#problems,
    );
    this.#showValues();
  }

  get draft(): Draft {
    return {
      name: this.#name.value.trim(),
      action: this.#action.value.trim(),
      element: this.#selector.value.trim(),
      url: this.#onlyHere.checked ? location.pathname : '',
      condition: this.#condition.value.trim(),
      values: this.#rows.filter(({ name, value }) => name.trim() !== '' || value.trim() !== ''),
    };
  }

  focus(): void {
    this.#name.focus();
  }

  /** Says what is wrong, and tells the panel whether anything is. */
  changed(): void {
    const { draft } = this;
    const count = draft.element === '' ? undefined : matchCount(draft.element);
    this.#matches.textContent =
      count === undefined
        ? ''
        : count === 1
          ? 'One element of this page.'
          : `${count} elements of this page.`;
    const problems = problemsOf(draft);
    // A name that was not written yet is no mistake.
    const told = problems.filter((problem) => draft.name !== '' || !problem.startsWith('The event needs'));
    this.#problems.replaceChildren(...told.map((problem) => el('p', { class: 'problem' }, problem)));
    this.#changed(problems.length === 0);
  }

  #field(id: string, value: string, attributes: Record<string, string>): HTMLInputElement {
    const field = el('input', {
      id,
      'data-beckon': id,
      autocomplete: 'off',
      spellcheck: 'false',
      ...attributes,
    });
    field.value = value;
    field.addEventListener('input', () => this.changed());
    return field;
  }

  #alternatives(selectors: readonly string[]): HTMLElement {
    const buttons = selectors.slice(0, 4).map((selector) =>
      el(
        'button',
        {
          type: 'button',
          class: 'mono',
          title: selector,
          onclick: () => {
            this.#selector.value = selector;
            this.changed();
          },
        },
        selector,
      ),
    );
    return el('div', { class: 'chips' }, ...(buttons.length > 1 ? buttons : []));
  }

  #showValues(): void {
    this.#values.replaceChildren(...this.#rows.map((row, index) => this.#valueRow(row, index)));
    const free = this.#suggestions.filter(({ name }) => !this.#rows.some((row) => row.name === name));
    const add = (label: string, value: DraftValue, title: string): HTMLElement =>
      el(
        'button',
        {
          type: 'button',
          title,
          'data-beckon': 'value-add',
          onclick: () => {
            this.#rows.push(value);
            this.#showValues();
            this.changed();
          },
        },
        `+ ${label}`,
      );
    this.#suggested.replaceChildren(
      ...free.map(({ name, value, now }) => add(`${name}: ${now}`, { name, value }, value)),
      add('another value', { name: '', value: '' }, 'An expression of your own'),
    );
  }

  #valueRow(row: DraftValue, index: number): HTMLElement {
    const field = (key: keyof DraftValue, what: string, mono: string): HTMLInputElement => {
      const input = el('input', {
        class: mono,
        'aria-label': `${what} ${index + 1}`,
        placeholder: what,
        'data-beckon': `value-${key}`,
        spellcheck: 'false',
      });
      input.value = row[key];
      input.addEventListener('input', () => {
        row[key] = input.value;
        this.changed();
      });
      return input;
    };
    const remove = el(
      'button',
      {
        type: 'button',
        'aria-label': `Remove value ${index + 1}`,
        onclick: () => {
          this.#rows.splice(index, 1);
          this.#showValues();
          this.changed();
        },
      },
      '✕',
    );
    return el(
      'div',
      { class: 'value' },
      field('name', 'Name', ''),
      remove,
      field('value', 'Expression', 'mono'),
    );
  }
}

function label(id: string, text: string): HTMLElement {
  return el('label', { for: id }, text);
}

function choices(id: string, values: readonly string[]): HTMLElement {
  return el('datalist', { id }, ...values.map((value) => el('option', { value })));
}
