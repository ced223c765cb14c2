/** The chat's window and its button, painted; what they mean is decided in `conversation.ts`. */
import type { ChatEntry, ChatState, chatLimits } from '../../model/index.js';
import { el } from '../ui/element.js';
import { partsOf } from './links.js';
import type { OutgoingMessage } from './transcript.js';
import type { Words } from './words.js';

export interface ChatViewEvents {
  send(text: string): void;
  /** The visitor writes; `draft` is all of it. */
  wrote(draft: string): void;
  sendAgain(messageId: string): void;
  end(): void;
  close(): void;
  minimised(isMinimised: boolean): void;
}

export interface ChatView {
  addEntry(entry: ChatEntry): void;
  /** Paints a message that is under way, or its new state. */
  paintOutgoing(message: OutgoingMessage): void;
  paintState(state: ChatState, agentName: string | null): void;
  /** One line above the input; empty clears it. */
  paintNote(text: string, isBad?: boolean): void;
  paintUnread(count: number): void;
  setMinimised(isMinimised: boolean, mayFocus: boolean): void;
  setDraft(draft: string): void;
  /** New entries are read out from now on. */
  announce(): void;
  remove(): void;
}

const textLengthMax = 4_000 satisfies typeof chatLimits.textLengthMax;
/** So near the end of the log the visitor is reading the newest. */
const nearEndPx = 80;
const inputHeightPxMax = 120;

export function createChatView(
  root: ShadowRoot,
  words: Words,
  language: string,
  events: ChatViewEvents,
): ChatView {
  const time = new Intl.DateTimeFormat(language || undefined, { hour: 'numeric', minute: '2-digit' });
  const bubbles = new Map<string, HTMLElement>();
  let agent = words('agent');

  const title = el('span');
  const status = el('small', { 'data-beckon': 'chat-state', 'data-state': 'waiting', role: 'status' });
  const log = el('div', {
    class: 'log',
    role: 'log',
    'aria-live': 'off',
    'aria-label': words('chat'),
    tabindex: 0,
  });
  const note = el('div', { class: 'note', role: 'status', 'data-beckon': 'chat-note' });
  const input = el('textarea', {
    'data-beckon': 'chat-input',
    'aria-label': words('placeholder'),
    placeholder: words('placeholder'),
    rows: 1,
    oninput: onInput,
    onkeydown: onInputKey,
  });
  const send = button('send', 'chat-send', submit, 'main');
  const form = el('form', { onsubmit: (event: Event) => (event.preventDefault(), submit()) }, input, send);
  const end = button('end', 'chat-end', () => ask(true));
  const endNow = button(
    'end',
    'chat-end-confirm',
    () => {
      endNow.disabled = true;
      events.end();
    },
    'main',
  );
  const endAsk = el(
    'div',
    { class: 'ask', role: 'alertdialog', 'aria-labelledby': 'ask' },
    el('p', { id: 'ask' }, words('endQuestion')),
    el(
      'div',
      { class: 'gpe-dialog-buttonset' },
      endNow,
      button('stay', 'chat-end-cancel', () => ask(false)),
    ),
  );
  const foot = el(
    'div',
    { class: 'foot' },
    button('close', 'chat-close', () => events.close(), 'main'),
  );
  const minimise = button('minimise', 'chat-minimise', () => events.minimised(true));
  minimise.textContent = '–';
  minimise.setAttribute('aria-label', words('minimise'));
  const box = el(
    'section',
    {
      class: 'gpe-dialog chat',
      part: 'chat',
      role: 'dialog',
      'aria-label': words('chat'),
      'data-beckon': 'chat',
    },
    el('header', { part: 'gpe-dialog-titlebar' }, el('h2', {}, title, status), end, minimise),
    log,
    note,
    endAsk,
    form,
    foot,
  );
  box.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    if (endAsk.hidden) events.minimised(true);
    else ask(false);
  });
  const badge = el('span', { class: 'badge', 'data-beckon': 'chat-unread' });
  const launcher = el(
    'button',
    {
      type: 'button',
      class: 'gpe-button main launcher',
      part: 'launcher',
      'data-beckon': 'chat-launcher',
      onclick: () => events.minimised(false),
    },
    words('chat'),
    badge,
  );
  endAsk.hidden = foot.hidden = badge.hidden = true;
  root.append(box, launcher);

  function button(
    word: Parameters<Words>[0],
    hook: string,
    onclick: () => void,
    kind = '',
  ): HTMLButtonElement {
    return el(
      'button',
      {
        type: 'button',
        class: `gpe-button ${kind}`,
        part: `gpe-button ${hook}`,
        'data-beckon': hook,
        onclick,
      },
      words(word),
    );
  }

  function ask(isAsked: boolean): void {
    endAsk.hidden = !isAsked;
    form.hidden = isAsked;
    (isAsked ? endNow : input).focus();
  }

  function submit(): void {
    const text = input.value.trim();
    if (text === '' || text.length > textLengthMax) return;
    setDraft('');
    events.send(text);
    input.focus();
  }

  function onInputKey(event: KeyboardEvent): void {
    // Enter that ends the choice of a character in an input method is not the visitor's Enter.
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    submit();
  }

  function onInput(): void {
    fitInput();
    events.wrote(input.value);
  }

  function fitInput(): void {
    const over = input.value.trim().length - textLengthMax;
    send.disabled = over > 0;
    paintNote(over > 0 ? words('tooLong', { count: over }) : '', over > 0);
    input.style.height = '';
    if (input.scrollHeight > input.clientHeight) {
      input.style.height = `${Math.min(inputHeightPxMax, input.scrollHeight + 2)}px`;
    }
  }

  function setDraft(draft: string): void {
    input.value = draft;
    fitInput();
  }

  function paintNote(text: string, isBad = false): void {
    if (note.textContent !== text) note.textContent = text;
    note.classList.toggle('bad', isBad);
  }

  /** Changes the log and, if the visitor was reading its end, stays there. */
  function keepingEnd(change: () => void): void {
    const isAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < nearEndPx;
    change();
    if (isAtEnd) log.scrollTop = log.scrollHeight;
  }

  function bubble(by: string, text: string, isMessage: boolean): HTMLElement {
    const body = partsOf(text).map(({ text: part, href }) =>
      href === undefined
        ? part
        : el('a', { href, target: '_blank', rel: 'noopener noreferrer nofollow' }, part),
    );
    const kind = isMessage ? by : 'system';
    return el(
      'div',
      { class: `entry ${kind}`, 'data-beckon': 'chat-entry', 'data-by': by },
      el('p', {}, ...body),
    );
  }

  function lineOf({ kind, text, name, reason }: ChatEntry): string {
    if (kind === 'message') return text ?? '';
    if (kind === 'ended') return words(reason === 'noAgent' ? 'noAgent' : 'ended');
    return words(kind, { name: name ?? agent });
  }

  return {
    addEntry(entry) {
      keepingEnd(() => {
        const isMessage = entry.kind === 'message' && entry.by !== 'system';
        const element = bubble(entry.by, lineOf(entry), isMessage);
        element.dataset['offset'] = String(entry.offset);
        const by = entry.by === 'visitor' ? words('you') : (entry.name ?? agent);
        if (isMessage) element.append(el('small', {}, `${by} · ${time.format(entry.at)}`));
        const painted = entry.messageId === undefined ? undefined : bubbles.get(entry.messageId);
        if (entry.messageId !== undefined) bubbles.delete(entry.messageId);
        painted?.remove();
        // What is still under way comes after all that the server has.
        log.insertBefore(element, bubbles.values().next().value ?? null);
      });
      // The visitor's own line is always brought into view.
      if (entry.by === 'visitor') log.scrollTop = log.scrollHeight;
    },
    paintOutgoing({ messageId, text, state }) {
      const painted = bubbles.get(messageId);
      const element = painted ?? bubble('visitor', text, true);
      element.dataset['state'] = state;
      element.querySelector('small')?.remove();
      const label = el('small', {}, words(state === 'sent' ? 'you' : state));
      if (state === 'failed') {
        const again = el(
          'button',
          { type: 'button', onclick: () => events.sendAgain(messageId) },
          words('again'),
        );
        label.append(' ', again);
      }
      element.append(label);
      if (painted !== undefined) return;
      bubbles.set(messageId, element);
      log.append(element);
      log.scrollTop = log.scrollHeight;
    },
    paintState(state, agentName) {
      agent = agentName ?? words('agent');
      title.textContent = agentName ?? words('chat');
      const line =
        state === 'waiting' ? words('connecting') : state === 'ended' ? words('ended') : words('agent');
      if (status.textContent !== line) status.textContent = line;
      status.dataset['state'] = state;
      const isEnded = state === 'ended';
      end.hidden = isEnded;
      foot.hidden = !isEnded;
      if (isEnded) endAsk.hidden = form.hidden = true;
    },
    paintNote,
    paintUnread(count) {
      badge.hidden = count === 0;
      badge.textContent = String(count);
      const unread = count === 0 ? '' : `, ${words('unread', { count })}`;
      launcher.setAttribute('aria-label', words('open') + unread);
    },
    setMinimised(isMinimised, mayFocus) {
      box.hidden = isMinimised;
      launcher.hidden = !isMinimised;
      log.scrollTop = log.scrollHeight;
      if (mayFocus)
        (isMinimised
          ? launcher
          : form.hidden
            ? box.querySelector<HTMLElement>('.foot button')
            : input
        )?.focus();
    },
    setDraft,
    announce: () => log.setAttribute('aria-live', 'polite'),
    remove() {
      box.remove();
      launcher.remove();
    },
  };
}
