/**
 * Opens the visit's chat: remembers it for reloads and other tabs, and loads the chat bundle when it is first
 * needed.
 */
import type { ChatUpdateData } from '../../model/index.js';
import { isId } from '../cookies.js';
import { loadBundle } from '../load-bundle.js';
import { recall, remember } from '../remembered.js';
import { kept } from '../session-memory.js';
import type { Settings } from '../settings.js';
import { styledRoot } from '../ui/root.js';
import { chatCookie, type ChatHost, type ChatWindow, type MountChat } from './contract.js';

export class ChatLoader {
  readonly #settings: Settings;
  readonly #isPushUp: () => boolean;
  #mount: MountChat | undefined;
  #host: ChatHost | undefined;
  #window: ChatWindow | undefined;

  constructor(settings: Settings, isPushUp: () => boolean) {
    this.#settings = settings;
    this.#isPushUp = isPushUp;
  }

  /** Opens a chat; the open one again only shows itself. */
  open(chatId: unknown, isMinimised: boolean): void {
    if (isId(chatId)) this.#start(chatId, isMinimised, !isMinimised);
  }

  /** Opens the chat that an earlier page or another tab has left open. */
  restore(): void {
    const chatId = recall(chatCookie);
    if (chatId === undefined) return;
    // A tab in which the visitor has not seen the chat begins with its button.
    const state = kept(chatId) as { isMinimised?: boolean } | undefined;
    this.#start(chatId, state?.isMinimised ?? true, false);
  }

  update(data: object): void {
    this.#window?.update(data as ChatUpdateData);
  }

  refresh(): void {
    this.#window?.refresh();
  }

  /** The chat bundle has arrived. */
  mounted(mount: MountChat): void {
    this.#mount = mount;
    if (this.#host !== undefined) this.#window ??= mount(this.#host);
  }

  /** Takes the window away and forgets the chat. */
  end(): void {
    this.#window?.remove();
    this.#host?.forget();
    this.#remember('');
  }

  #start(chatId: string, isMinimised: boolean, mayFocus: boolean): void {
    if (this.#host?.chatId === chatId) {
      if (!isMinimised) this.#window?.show();
      return;
    }
    this.#window?.remove();
    this.#window = undefined;
    this.#remember(chatId);
    const { endpoint, languageCode, texts = {} } = this.#settings;
    this.#host = {
      chatId,
      paintIn: styledRoot,
      endpoint,
      languageCode,
      texts,
      isMinimised,
      mayFocus,
      isPushUp: this.#isPushUp,
      forget: () => {
        this.#remember('');
        this.#host = this.#window = undefined;
      },
    };
    if (this.#mount === undefined) loadBundle(this.#settings.endpoint, 'chat-widget');
    else this.mounted(this.#mount);
  }

  #remember(chatId: string): void {
    remember(chatCookie, chatId, this.#settings);
  }
}
