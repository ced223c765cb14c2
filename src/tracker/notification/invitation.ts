/** The invitation: a card over the page which asks once, says how long it will, and leaves without a trace. */
import type { InvitationData } from '../../model/index.js';
import { el } from '../ui/element.js';
import { addStyles, focused, isWriting, uiRoot } from '../ui/root.js';
import { invitationStyles } from '../ui/styles.js';

export type InvitationAnswer = 'accept' | 'reject' | 'timeout' | 'missed';

export interface InvitationEvents {
  /** Painted where the visitor can see it. */
  shown(): void;
  answered(answer: InvitationAnswer): void;
}

export interface InvitationCard {
  /** The visitor has accepted and must wait a moment. */
  showWaiting(): void;
  /** Nothing comes of it; the card says so and goes. */
  showOver(): void;
  remove(): void;
}

export type Words = (key: string, english: string) => string;

let hasStyles = false;
const overMs = 6_000;

export function paintInvitation(
  invitation: InvitationData,
  words: Words,
  events: InvitationEvents,
): InvitationCard {
  const root = uiRoot();
  if (!hasStyles) addStyles(root, invitationStyles);
  hasStyles = true;
  const returnTo = focused();
  const endsAtMs = Date.now() + invitation.remainingMs;
  let isShown = false;
  let isAnswered = false;

  const accept = button('accept', invitation.acceptLabel);
  const reject = button('reject', invitation.rejectLabel);
  const text = el('p', { id: 'text' }, invitation.text);
  const left = el('div', { class: 'left', 'aria-hidden': 'true' });
  const bar = el('div', { class: 'bar', part: 'bar' });
  const buttons = el('div', { class: 'gpe-dialog-buttonset', part: 'gpe-dialog-buttonset' }, accept, reject);
  const card = el(
    'div',
    {
      class: 'gpe-dialog invite',
      part: 'gpe-dialog',
      role: 'dialog',
      tabindex: -1,
      'aria-labelledby': 'title',
      'aria-describedby': 'text',
      'data-beckon': 'invitation',
    },
    el(
      'div',
      { class: 'gpe-dialog-titlebar', part: 'gpe-dialog-titlebar' },
      el('h2', { id: 'title' }, invitation.title),
    ),
    text,
    buttons,
    left,
    bar,
  );
  // Says the offer to those who do not see it and whose focus stays where they write.
  const announcement = el('div', { class: 'sr', role: 'status' });

  function button(answer: 'accept' | 'reject', label: string): HTMLButtonElement {
    const kind = answer === 'accept' ? ' main' : '';
    return el(
      'button',
      {
        type: 'button',
        class: `gpe-button${kind}`,
        part: `gpe-button ${answer}`,
        'data-beckon': answer,
        onclick: () => settle(answer),
      },
      label,
    );
  }

  function settle(answer: InvitationAnswer): void {
    if (isAnswered) return;
    isAnswered = true;
    events.answered(answer);
    if (answer !== 'accept') remove();
  }

  function tick(): void {
    const leftMs = endsAtMs - Date.now();
    if (leftMs <= 0) settle(isShown ? 'timeout' : 'missed');
    else if (!isAnswered) {
      const seconds = Math.ceil(leftMs / 1_000);
      left.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
      bar.style.transform = `scaleX(${leftMs / invitation.remainingMs})`;
    }
  }

  function onKey(event: KeyboardEvent): void {
    if (event.key !== 'Escape' || (focused() !== document.body && !card.contains(focused()))) return;
    settle('reject');
  }

  function remove(): void {
    isAnswered = true;
    clearInterval(ticker);
    removeEventListener('keydown', onKey, true);
    const hadFocus = card.contains(focused());
    card.remove();
    announcement.remove();
    if (hadFocus && returnTo?.isConnected) returnTo.focus();
  }

  root.append(announcement, card);
  const ticker = setInterval(tick, 1_000);
  tick();
  addEventListener('keydown', onKey, true);
  if (isWriting()) announcement.textContent = `${invitation.title} ${invitation.text}`;
  else card.focus({ preventScroll: true });
  // The second frame begins when the first has been painted; a hidden page has no frames until it is seen.
  requestAnimationFrame(() =>
    requestAnimationFrame(() => {
      if (isAnswered) return;
      isShown = true;
      events.shown();
    }),
  );

  return {
    showWaiting() {
      accept.disabled = reject.disabled = true;
      left.textContent = words('connecting', 'Connecting…');
      bar.hidden = true;
    },
    showOver() {
      text.textContent = announcement.textContent = words('over', 'Sorry, this offer has just ended.');
      buttons.hidden = left.hidden = bar.hidden = true;
      setTimeout(remove, overMs);
    },
    remove,
  };
}
