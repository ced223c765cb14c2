/** Where the visitor writes: grows with the text, sends on Enter, and says when a message is too long. */
import type { chatLimits } from '../../model/index.js';
import { el } from '../ui/element.js';
import type { Words } from './words.js';

export interface ComposerEvents {
  send(text: string): void;
  wrote(draft: string): void;
}

const textLengthMax = 4_000 satisfies typeof chatLimits.textLengthMax;
const heightPxMax = 120;

export class Composer {
  readonly form: HTMLFormElement;
  readonly input: HTMLTextAreaElement;
  readonly #send: HTMLButtonElement;
  readonly #words: Words;
  readonly #events: ComposerEvents;
  readonly #note: (text: string, isBad: boolean) => void;
  #isTooLong = false;

  constructor(words: Words, events: ComposerEvents, note: (text: string, isBad: boolean) => void) {
    this.#words = words;
    this.#events = events;
    this.#note = note;
    const placeholder = words('placeholder');
    this.input = el('textarea', {
      'data-beckon': 'chat-input',
      'aria-label': placeholder,
      placeholder,
      rows: 1,
      oninput: () => this.#wrote(),
      onkeydown: (event: KeyboardEvent) => {
        // Enter that ends the choice of a character in an input method is not the visitor's Enter.
        if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) this.#submit(event);
      },
    });
    this.#send = el('button', { class: 'gpe-button main', 'data-beckon': 'chat-send' }, words('send'));
    this.form = el('form', { onsubmit: (event: Event) => this.#submit(event) }, this.input, this.#send);
  }

  setDraft(draft: string): void {
    this.input.value = draft;
    this.#fit();
  }

  #submit(event: Event): void {
    event.preventDefault();
    const text = this.input.value.trim();
    if (text === '' || this.#isTooLong) return;
    this.setDraft('');
    this.#events.send(text);
    this.input.focus();
  }

  #wrote(): void {
    this.#fit();
    this.#events.wrote(this.input.value);
  }

  #fit(): void {
    const { input } = this;
    const count = input.value.trim().length - textLengthMax;
    const wasTooLong = this.#isTooLong;
    this.#isTooLong = this.#send.disabled = count > 0;
    if (this.#isTooLong) this.#note(this.#words('tooLong', { count }), true);
    else if (wasTooLong) this.#note('', false);
    input.style.height = '';
    if (input.scrollHeight > input.clientHeight) {
      input.style.height = `${Math.min(heightPxMax, input.scrollHeight + 2)}px`;
    }
  }
}
