/** What the tracker and the chat bundle, which is loaded apart, know of each other. */
import type { ChatUpdateData } from '../../model/index.js';

export interface ChatHost {
  chatId: string;
  /** Where to paint: the shadow root, with the given styles in it. */
  paintIn: (styles: string) => ShadowRoot;
  /** Base URL of the server. */
  endpoint: string;
  languageCode: string;
  /** Words that the site replaces. */
  texts: Record<string, string>;
  /** Begin as a button, not as a window. */
  isMinimised: boolean;
  /** Opened by the visitor's own act, so that it may take the focus. */
  mayFocus: boolean;
  isPushUp(): boolean;
  /** The visitor has put the chat away: it is not restored any more. */
  forget(): void;
}

export interface ChatWindow {
  /** Pushed news of some chat. */
  update(data: ChatUpdateData): void;
  /** Fetches what may have been missed. */
  refresh(): void;
  /** Shows the window if it is minimised. */
  show(): void;
  /** Takes it off the page; the chat itself goes on. */
  remove(): void;
}

/** What the chat bundle gives to `_gt.push(['chatWidget', mount])`. */
export type MountChat = (host: ChatHost) => ChatWindow;

/** The cookie that tells all tabs of the visit which chat is open. */
export const chatCookie = '_gt_chat';
