/** The bundle `chat-widget.min.js`, loaded when a chat first opens: it hands the tracker the way to open one. */
import { addStyles } from '../ui/root.js';
import type { ChatHost, ChatWindow, MountChat } from './contract.js';
import { openConversation } from './conversation.js';
import { chatStyles } from './styles.js';

let hasStyles = false;

const mount: MountChat = (host: ChatHost): ChatWindow => {
  if (!hasStyles) addStyles(host.root, chatStyles);
  hasStyles = true;
  return openConversation(host);
};

(window as unknown as { _gt?: { push(command: unknown): void } })._gt?.push(['chatWidget', mount]);
