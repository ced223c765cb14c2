/** Opens the visit's chat: remembers it for reloads and other tabs, and loads the chat bundle when it is first needed. */
import type { ChatUpdateData } from '../../model/index.js';
import { isId, readCookie, writeCookie } from '../cookies.js';
import { debug } from '../debug.js';
import { kept } from '../session-memory.js';
import { scriptNonce, type Settings } from '../settings.js';
import { el } from '../ui/element.js';
import { uiRoot } from '../ui/root.js';
import { cookieScope } from '../visit.js';
import { chatCookie, type ChatHost, type ChatWindow, type MountChat } from './contract.js';

export type { MountChat };

export interface ChatLoader {
  /** Opens a chat; the open one again only shows itself. */
  open(chatId: unknown, isMinimised: boolean): void;
  /** Opens the chat that an earlier page or another tab has left open. */
  restore(): void;
  update(data: Record<string, unknown>): void;
  refresh(): void;
  mounted(mount: MountChat): void;
}

export function createChatLoader(settings: Settings, isPushUp: () => boolean): ChatLoader {
  const source = settings.endpoint + '/server/resources/js/build/chat-widget.min.js';
  let mount: MountChat | undefined;
  let host: ChatHost | undefined;
  let chat: ChatWindow | undefined;

  function remember(chatId: string): void {
    writeCookie(document, chatCookie, chatId, cookieScope(settings));
  }

  function start(chatId: string, isMinimised: boolean, mayFocus: boolean): void {
    if (host?.chatId === chatId) {
      if (!isMinimised) chat?.show();
      return;
    }
    remember(chatId);
    host = {
      chatId,
      root: uiRoot(),
      endpoint: settings.endpoint,
      languageCode: settings.languageCode,
      texts: settings.texts ?? {},
      isMinimised,
      mayFocus,
      isPushUp,
      forget() {
        remember('');
        host = chat = undefined;
      },
    };
    if (mount === undefined) load();
    else chat = mount(host);
  }

  function load(): void {
    const script = el('script', { src: source, nonce: scriptNonce || undefined });
    script.onerror = () => {
      debug('the chat cannot be loaded; trying again', source);
      script.remove();
      setTimeout(load, 5_000);
    };
    document.head.append(script);
  }

  return {
    open(chatId, isMinimised) {
      if (isId(chatId)) start(chatId, isMinimised, !isMinimised);
    },
    restore() {
      const chatId = readCookie(document, chatCookie);
      if (chatId === undefined) return;
      // A tab in which the visitor has not seen the chat begins with its button.
      const state = kept(chatId) as { isMinimised?: boolean } | undefined;
      start(chatId, state?.isMinimised ?? true, false);
    },
    update(data) {
      chat?.update(data as unknown as ChatUpdateData);
    },
    refresh() {
      chat?.refresh();
    },
    mounted(arrived) {
      mount = arrived;
      if (host !== undefined && chat === undefined) chat = mount(host);
    },
  };
}
