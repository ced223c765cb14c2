/** The chat's window and its button, painted; what they mean is decided in `conversation.ts`. */
import type { ChatEntry, ChatState } from '../../model/index.js';
import { el } from '../ui/element.js';
import { Composer } from './composer.js';
import { partsOf } from './links.js';
import type { OutgoingMessage } from './transcript.js';
import type { Word, Words } from './words.js';

export interface ChatViewEvents {
  send(text: string): void;
  /** The visitor writes; `draft` is all of it. */
  wrote(draft: string): void;
  sendAgain(messageId: string): void;
  end(): void;
  close(): void;
  minimised(isMinimised: boolean): void;
}

/** So near the end of the log the visitor is reading the newest. */
const nearEndPx = 80;

export class ChatView {
  readonly #words: Words;
  readonly #events: ChatViewEvents;
  readonly #time: Intl.DateTimeFormat;
  /** Messages under way, by id; they stand behind all that the server has. */
  readonly #bubbles = new Map<string, HTMLElement>();
  readonly #title = el('span');
  readonly #status = el('small', { 'data-beckon': 'chat-state', role: 'status' });
  readonly #note = el('div', { class: 'note', role: 'status', 'data-beckon': 'chat-note' });
  readonly #log: HTMLElement;
  readonly #composer: Composer;
  readonly #end: HTMLButtonElement;
  readonly #endNow: HTMLButtonElement;
  readonly #endAsk: HTMLElement;
  readonly #close: HTMLButtonElement;
  readonly #box: HTMLElement;
  readonly #badge = el('span', { class: 'badge', 'data-beckon': 'chat-unread' });
  readonly #launcher: HTMLButtonElement;
  #agent: string;

  constructor(words: Words, language: string, events: ChatViewEvents) {
    this.#words = words;
    this.#events = events;
    this.#agent = words('agent');
    this.#time = new Intl.DateTimeFormat(language || undefined, { hour: 'numeric', minute: '2-digit' });
    this.#composer = new Composer(words, events, (text, isBad) => {
      this.paintNote(text, isBad);
    });
    this.#log = el('div', {
      class: 'log',
      role: 'log',
      'aria-live': 'off',
      'aria-label': words('chat'),
      tabindex: 0,
    });
    this.#end = this.#button('end', 'chat-end', () => this.#ask(true));
    this.#endNow = this.#button('end', 'chat-end-confirm', () => this.#endConfirmed(), 'main');
    this.#endAsk = this.#makeEndAsk();
    this.#close = this.#button('close', 'chat-close', () => events.close(), 'main foot');
    this.#box = this.#makeBox();
    this.#launcher = this.#button('chat', 'chat-launcher', () => events.minimised(false), 'main launcher');
    this.#launcher.append(' ', this.#badge);
    this.#endAsk.hidden = this.#close.hidden = this.#badge.hidden = true;
  }

  addTo(root: ShadowRoot): void {
    root.append(this.#box, this.#launcher);
  }

  remove(): void {
    this.#box.remove();
    this.#launcher.remove();
  }

  addEntry(entry: ChatEntry): void {
    const { by, at, kind, messageId = '', name = this.#agent } = entry;
    const isMessage = kind === 'message' && by !== 'system';
    const element = bubble(by, this.#lineOf(entry), isMessage);
    const author = by === 'visitor' ? this.#words('you') : name;
    if (isMessage) element.append(el('small', {}, `${author} · ${this.#time.format(at)}`));
    this.#keepingEnd(by === 'visitor', () => {
      this.#bubbles.get(messageId)?.remove();
      this.#bubbles.delete(messageId);
      this.#log.insertBefore(element, this.#bubbles.values().next().value ?? null);
    });
  }

  /** Paints a message that is under way, or its new state. */
  paintOutgoing({ messageId, text, state }: OutgoingMessage): void {
    const painted = this.#bubbles.get(messageId);
    const element = painted ?? bubble('visitor', text, true);
    const label = el('small', {}, this.#words(state === 'sent' ? 'you' : state));
    if (state === 'failed') {
      const onclick = (): void => this.#events.sendAgain(messageId);
      label.append(
        ' ',
        el('button', { type: 'button', 'data-beckon': 'chat-again', onclick }, this.#words('again')),
      );
    }
    element.setAttribute('data-state', state);
    element.querySelector('small')?.remove();
    element.append(label);
    if (painted !== undefined) return;
    this.#bubbles.set(messageId, element);
    this.#keepingEnd(true, () => this.#log.append(element));
  }

  paintState(state: ChatState, agentName: string | null): void {
    const words = this.#words;
    this.#agent = agentName ?? words('agent');
    this.#title.textContent = agentName ?? words('chat');
    const line = words(state === 'waiting' ? 'connecting' : state === 'ended' ? 'ended' : 'agent');
    if (this.#status.textContent !== line) this.#status.textContent = line;
    this.#status.setAttribute('data-state', state);
    const isEnded = state === 'ended';
    if (isEnded && !this.#end.hidden) {
      const hadFocus = this.#composer.form.contains((this.#box.getRootNode() as ShadowRoot).activeElement);
      this.#end.hidden = this.#endAsk.hidden = this.#composer.form.hidden = true;
      this.#close.hidden = false;
      if (hadFocus) this.#close.focus();
    }
  }

  /** One line above the input; empty clears it. */
  paintNote(text: string, isBad = false): void {
    if (this.#note.textContent !== text) this.#note.textContent = text;
    this.#note.classList.toggle('bad', isBad);
  }

  paintUnread(count: number): void {
    this.#badge.hidden = count === 0;
    this.#badge.replaceChildren(String(count), el('span', { class: 'sr' }, ` ${this.#words('unread')}`));
  }

  setMinimised(isMinimised: boolean, mayFocus: boolean): void {
    this.#box.hidden = isMinimised;
    this.#launcher.hidden = !isMinimised;
    this.#log.scrollTop = this.#log.scrollHeight;
    const { input, form } = this.#composer;
    if (mayFocus) (isMinimised ? this.#launcher : form.hidden ? this.#close : input).focus();
  }

  setDraft(draft: string): void {
    this.#composer.setDraft(draft);
  }

  /** New entries are read out from now on. */
  announce(): void {
    this.#log.setAttribute('aria-live', 'polite');
  }

  #button(word: Word, hook: string, onclick: () => void, kind = ''): HTMLButtonElement {
    return el(
      'button',
      {
        type: 'button',
        class: `gpe-button ${kind}`,
        'data-beckon': hook,
        onclick,
      },
      this.#words(word),
    );
  }

  #makeEndAsk(): HTMLElement {
    const stay = this.#button('stay', 'chat-end-cancel', () => this.#ask(false));
    return el(
      'div',
      { class: 'ask', role: 'alertdialog', 'aria-labelledby': 'ask' },
      el('p', { id: 'ask' }, this.#words('endQuestion')),
      el('div', { class: 'gpe-dialog-buttonset' }, this.#endNow, stay),
    );
  }

  #makeBox(): HTMLElement {
    const minimise = this.#button('minimise', 'chat-minimise', () => this.#events.minimised(true));
    minimise.setAttribute('aria-label', this.#words('minimise'));
    minimise.textContent = '–';
    const title = el('h2', {}, this.#title, this.#status);
    const onkeydown = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape') return;
      event.stopPropagation();
      if (this.#endAsk.hidden) this.#events.minimised(true);
      else this.#ask(false);
    };
    return el(
      'section',
      {
        class: 'gpe-dialog chat',
        role: 'dialog',
        'aria-label': this.#words('chat'),
        'data-beckon': 'chat',
        onkeydown,
      },
      el('header', { class: 'gpe-dialog-titlebar' }, title, this.#end, minimise),
      this.#log,
      this.#note,
      this.#endAsk,
      this.#composer.form,
      this.#close,
    );
  }

  #ask(isAsked: boolean): void {
    this.#endAsk.hidden = !isAsked;
    this.#composer.form.hidden = isAsked;
    (isAsked ? this.#endNow : this.#composer.input).focus();
  }

  #endConfirmed(): void {
    this.#endNow.disabled = true;
    this.#events.end();
  }

  /** Changes the log; a visitor who was reading its end, or whose own line comes, stays at the end. */
  #keepingEnd(isWanted: boolean, change: () => void): void {
    const log = this.#log;
    const isAtEnd = isWanted || log.scrollHeight - log.scrollTop - log.clientHeight < nearEndPx;
    change();
    if (isAtEnd) log.scrollTop = log.scrollHeight;
  }

  #lineOf({ kind, text = '', name = this.#agent, reason }: ChatEntry): string {
    if (kind === 'message') return text;
    if (kind === 'ended') return this.#words(reason === 'noAgent' ? 'noAgent' : 'ended');
    return this.#words(kind, { name });
  }
}

function bubble(by: string, text: string, isMessage: boolean): HTMLElement {
  const body = partsOf(text).map((part) => {
    const { href } = part;
    const rel = 'noopener noreferrer nofollow';
    return href === undefined ? part.text : el('a', { href, target: '_blank', rel }, part.text);
  });
  const kind = isMessage ? by : 'system';
  return el(
    'div',
    { class: `entry ${kind}`, 'data-beckon': 'chat-entry', 'data-by': by },
    el('p', {}, ...body),
  );
}
