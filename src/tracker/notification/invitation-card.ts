/**
 * The invitation: a card over the page which asks once, says how long it will, and leaves without a trace.
 */
import type { InvitationData } from '../../model/index.js';
import { el } from '../ui/element.js';
import { focused, isWriting, styledRoot } from '../ui/root.js';
import { invitationStyles } from '../ui/styles.js';

export type InvitationAnswer = 'accept' | 'reject' | 'timeout' | 'missed';

export interface InvitationEvents {
  /** Painted where the visitor can see it. */
  shown(): void;
  answered(answer: InvitationAnswer): void;
}

/** Words that the site replaces. */
interface Texts {
  connecting?: string;
  over?: string;
}

const overMs = 6_000;

export class InvitationCard {
  readonly #texts: Texts;
  readonly #events: InvitationEvents;
  readonly #returnTo = focused();
  readonly #lifeMs: number;
  readonly #endsAtMs: number;
  readonly #text: HTMLElement;
  readonly #buttons: HTMLElement;
  readonly #left = el('div', { class: 'left', 'aria-hidden': 'true' });
  readonly #bar = el('div', { class: 'bar' });
  readonly #card: HTMLElement;
  /** Says the offer to those who do not see it and whose focus stays where they write. */
  readonly #announcement = el('div', { class: 'sr', role: 'status' });
  readonly #ticker: ReturnType<typeof setInterval>;
  #isShown = false;
  #isAnswered = false;

  constructor(
    { title, text, acceptLabel, rejectLabel, remainingMs }: InvitationData,
    texts: Texts,
    events: InvitationEvents,
  ) {
    this.#texts = texts;
    this.#events = events;
    this.#lifeMs = remainingMs;
    this.#endsAtMs = Date.now() + remainingMs;
    this.#text = el('p', { id: 'text' }, text);
    this.#buttons = el(
      'div',
      { class: 'gpe-dialog-buttonset' },
      this.#button('accept', acceptLabel, ' main'),
      this.#button('reject', rejectLabel, ''),
    );
    this.#card = el(
      'div',
      {
        class: 'gpe-dialog invite',
        role: 'dialog',
        tabindex: -1,
        'aria-labelledby': 'title',
        'aria-describedby': 'text',
        'data-beckon': 'invitation',
      },
      el('div', { class: 'gpe-dialog-titlebar' }, el('h2', { id: 'title' }, title)),
      this.#text,
      this.#buttons,
      this.#left,
      this.#bar,
    );
    styledRoot(invitationStyles).append(this.#announcement, this.#card);
    addEventListener('keydown', this.#onKey, true);
    if (isWriting()) this.#announcement.textContent = `${title} ${text}`;
    else this.#card.focus({ preventScroll: true });
    this.#ticker = setInterval(() => {
      this.#tick();
    }, 1_000);
    this.#tick();
    this.#awaitPaint();
  }

  /** Nothing comes of an accepted offer; the card says so and goes. */
  showOver(): void {
    this.#text.textContent = this.#texts.over ?? 'Sorry, this offer has just ended.';
    this.#buttons.hidden = this.#left.hidden = this.#bar.hidden = true;
    setTimeout(() => {
      this.remove();
    }, overMs);
  }

  remove(): void {
    this.#isAnswered = true;
    clearInterval(this.#ticker);
    removeEventListener('keydown', this.#onKey, true);
    const hadFocus = this.#card.contains(focused());
    this.#card.remove();
    this.#announcement.remove();
    if (hadFocus) this.#returnTo?.focus();
  }

  #button(answer: 'accept' | 'reject', label: string, kind: string): HTMLElement {
    return el(
      'button',
      {
        class: `gpe-button${kind}`,
        'data-beckon': answer,
        onclick: () => {
          this.#settle(answer);
        },
      },
      label,
    );
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    const holder = focused();
    if (event.key === 'Escape' && (holder === document.body || this.#card.contains(holder)))
      this.#settle('reject');
  };

  #settle(answer: InvitationAnswer): void {
    if (this.#isAnswered) return;
    this.#isAnswered = true;
    this.#events.answered(answer);
    if (answer !== 'accept') {
      this.remove();
      return;
    }
    for (const button of this.#buttons.children) (button as HTMLButtonElement).disabled = true;
    this.#left.textContent = this.#texts.connecting ?? 'Connecting…';
    this.#bar.hidden = true;
    this.#card.focus();
  }

  #tick(): void {
    const leftMs = this.#endsAtMs - Date.now();
    if (this.#isAnswered) return;
    const seconds = Math.ceil(leftMs / 1_000);
    this.#left.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
    this.#bar.style.transform = `scaleX(${leftMs / this.#lifeMs})`;
    if (leftMs <= 0) this.#settle(this.#isShown ? 'timeout' : 'missed');
  }

  /**
   * The second frame begins when the first has been painted; a hidden page has no frames until it is seen.
   */
  #awaitPaint(): void {
    requestAnimationFrame(() =>
      requestAnimationFrame(() => {
        if (this.#isAnswered) return;
        this.#isShown = true;
        this.#events.shown();
      }),
    );
  }
}
