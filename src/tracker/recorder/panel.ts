/** The recorder's panel: what was recorded, the event that is being written, and how it fares in the page. */
import type { WatchedPage } from '../dsl/contract.js';
import { keep, kept } from '../session-memory.js';
import { el } from '../ui/element.js';
import { adoptStyles } from '../ui/root.js';
import { fileOf, idsOf, withEvents, xmlOf, type Draft } from './draft.js';
import { DraftForm } from './draft-form.js';
import { tryOut } from './live-test.js';
import { pick, type Picker } from './picker.js';
import { selectorsFor, suggestionsFor } from './selector-of.js';
import { recorderStyles } from './styles.js';

const draftsKey = 'recorder.drafts';
const draftsMax = 100;

export interface RecorderHost {
  /** The site's DSL file, which new events are added to. */
  dslResource?: string;
}

export class Recorder {
  readonly #host: RecorderHost;
  /** Lets the site's own DSL rest, or go on. */
  readonly #rest: (isResting: boolean) => void;
  readonly #element = el('div', { id: 'beckon-recorder' });
  readonly #root: ShadowRoot;
  readonly #panel = el('section', { class: 'panel', 'aria-label': 'Event recorder' });
  readonly #body = el('div', { class: 'body' });
  readonly #footer = el('div', { class: 'foot' });
  readonly #status = el('p', { class: 'hint', role: 'status' });
  #drafts: Draft[] = [];
  /** Where the draft that is being written will stand. */
  #index = 0;
  #picker: Picker | undefined;
  #form: DraftForm | undefined;
  #watched: WatchedPage | undefined;

  constructor(host: RecorderHost, rest: (isResting: boolean) => void) {
    this.#host = host;
    this.#rest = rest;
    rest(true);
    this.#root = this.#element.attachShadow({ mode: 'open' });
    adoptStyles(this.#root, recorderStyles);
    const stored = kept(draftsKey);
    if (Array.isArray(stored)) this.#drafts = stored as Draft[];
    const side = this.#button('side', '⇄', () => this.#panel.classList.toggle('left'), 'plain');
    side.setAttribute('aria-label', 'Move to the other side');
    const close = this.#button('recorder-close', '✕', () => this.close(), 'plain');
    close.setAttribute('aria-label', 'Close the recorder');
    this.#panel.append(
      el('div', { class: 'head' }, el('h2', {}, 'Event recorder'), side, close),
      this.#body,
      this.#footer,
    );
    this.#root.append(this.#panel);
    document.body.append(this.#element);
    for (const name of ['click', 'submit']) addEventListener(name, this.#hold, true);
    this.#showList();
  }

  close(): void {
    this.#endDraft();
    for (const name of ['click', 'submit']) removeEventListener(name, this.#hold, true);
    keep('recorder', undefined);
    this.#element.remove();
    this.#rest(false);
  }

  /** The page stays while an event is tried, whatever link or button does. */
  readonly #hold = (event: Event): void => {
    if (this.#form === undefined || event.composedPath().includes(this.#element)) return;
    const { target } = event;
    const isLink = target instanceof Element && target.closest('a[href],area[href]') !== null;
    if (event.type === 'submit' || isLink) event.preventDefault();
  };

  #button(hook: string, label: string, pressed: () => void, kind = ''): HTMLButtonElement {
    return el(
      'button',
      {
        type: 'button',
        class: kind,
        id: hook,
        'data-beckon': hook,
        onclick: () => {
          pressed();
        },
      },
      label,
    );
  }

  #showList(): void {
    const rows = this.#drafts.map((draft, index) =>
      el(
        'li',
        { 'data-beckon': 'recorded' },
        el('span', {}, `${draft.name}: ${draft.action} ${draft.element}`),
        this.#button(`edit-${index}`, 'Edit', () => {
          this.#edit(draft, undefined, index);
        }),
        this.#button(`remove-${index}`, 'Remove', () => {
          this.#drafts.splice(index, 1);
          this.#keepDrafts();
          this.#showList();
        }),
      ),
    );
    const hint =
      rows.length === 0
        ? 'Pick an element of this page. The recorder writes the event for it, and you try it at once.'
        : 'These are kept in this tab, also on the next pages, until you close the tab.';
    this.#body.replaceChildren(el('p', {}, hint), el('ul', {}, ...rows), this.#status);
    this.#footer.replaceChildren(
      this.#button('pick', 'Pick an element', () => this.#pick(), 'main'),
      this.#button('whole-page', 'Whole page', () => this.#edit(draftFor(undefined), undefined)),
    );
    if (rows.length === 0) return;
    this.#footer.append(
      this.#button('copy', 'Copy XML', () => void this.#copy()),
      this.#button('download', 'Download file', () => void this.#download()),
    );
  }

  #pick(): void {
    this.#picker?.stop();
    this.#body.replaceChildren(el('p', {}, 'Click the element in the page. Escape ends it.'), this.#status);
    this.#footer.replaceChildren(
      this.#button('pick-cancel', 'Cancel', () => {
        this.#picker?.stop();
        this.#showList();
      }),
    );
    this.#picker = pick(this.#root, this.#element, (element) => {
      this.#picker = undefined;
      if (element === undefined) this.#showList();
      else this.#edit(draftFor(element), element);
    });
  }

  /** Writes a draft: a new one, or again the one at `index`. */
  #edit(draft: Draft, element: Element | undefined, index = this.#drafts.length): void {
    this.#index = index;
    const outcome = el('div', { class: 'try', role: 'status', 'data-beckon': 'try' });
    const keepButton = this.#button('keep', 'Keep event', () => this.#keepDraft(), 'main');
    this.#form = new DraftForm(draft, element, (isRight) => {
      keepButton.disabled = !isRight;
      this.#try(outcome, isRight);
    });
    this.#body.replaceChildren(this.#form.element, outcome);
    this.#body.scrollTop = 0;
    this.#footer.replaceChildren(
      keepButton,
      this.#button('discard', 'Discard', () => {
        this.#endDraft();
        this.#showList();
      }),
    );
    this.#form.changed();
    this.#form.focus();
  }

  /** Arms the draft in the page, as it is now. */
  #try(outcome: HTMLElement, isRight: boolean): void {
    this.#watched?.remove();
    this.#watched = undefined;
    outcome.classList.remove('fired');
    outcome.textContent = isRight ? 'Now try it in the page: nothing is sent, and the page stays.' : '';
    outcome.hidden = !isRight;
    const draft = this.#form?.draft;
    if (!isRight || draft === undefined) return;
    this.#watched = tryOut(draft, (data) => {
      outcome.classList.add('fired');
      const at = new Date().toLocaleTimeString();
      outcome.replaceChildren(
        `${draft.name} would be sent (${at})`,
        el('pre', {}, JSON.stringify(data, null, 2)),
      );
      outcome.scrollIntoView({ block: 'nearest' });
    });
  }

  #keepDraft(): void {
    const draft = this.#form?.draft;
    if (draft === undefined) return;
    this.#drafts[this.#index] = draft;
    this.#drafts = this.#drafts.slice(-draftsMax);
    this.#keepDrafts();
    this.#endDraft();
    this.#showList();
  }

  #keepDrafts(): void {
    keep(draftsKey, this.#drafts.length === 0 ? undefined : this.#drafts);
  }

  #endDraft(): void {
    this.#picker?.stop();
    this.#watched?.remove();
    this.#watched = this.#form = undefined;
    this.#status.textContent = '';
  }

  #events(taken: Set<string>): string[] {
    return this.#drafts.map((draft) => {
      const xml = xmlOf(draft, taken);
      for (const id of idsOf(xml)) taken.add(id);
      return xml;
    });
  }

  async #copy(): Promise<void> {
    const text = this.#events(new Set()).join('\n');
    try {
      await navigator.clipboard.writeText(text);
      this.#status.textContent = 'Copied. Paste it between <events> and </events>.';
    } catch {
      // A page over http, or a policy, has no clipboard: the text can be marked by hand.
      this.#status.replaceChildren('Mark and copy:', el('pre', { tabindex: 0 }, text));
    }
  }

  /** The site's present file with the recorded events in it, ready to be deployed. */
  async #download(): Promise<void> {
    const { dslResource } = this.#host;
    const response = dslResource ? await fetch(dslResource).catch(() => undefined) : undefined;
    const file = response?.ok ? await response.text() : '';
    const events = this.#events(idsOf(file));
    const text = withEvents(file, events) ?? fileOf(events);
    const link = el('a', {
      href: URL.createObjectURL(new Blob([text], { type: 'text/xml' })),
      download: 'domain-model.xml',
    });
    link.click();
    URL.revokeObjectURL(link.href);
    this.#status.textContent =
      'Saved as domain-model.xml. Deploy it with: beckon dsl deploy domain-model.xml';
  }
}

function draftFor(element: Element | undefined): Draft {
  const isForm = element instanceof HTMLFormElement;
  const [first] = element === undefined ? [] : suggestionsFor(element);
  return {
    name: '',
    action: element === undefined ? 'timer:30000' : isForm ? 'submit' : 'click',
    element: element === undefined ? '' : (selectorsFor(element)[0] ?? ''),
    url: '',
    condition: '',
    values: first === undefined ? [] : [{ name: first.name, value: first.value }],
  };
}
