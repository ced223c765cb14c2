/**
 * The bundle `chat-widget.min.js`, loaded when a chat first opens: it hands the tracker the way to open one.
 */
import type { MountChat } from './contract.js';
import { Conversation } from './conversation.js';

const mount: MountChat = (host) => new Conversation(host);

(window as unknown as { _gt?: { push(command: unknown): void } })._gt?.push(['chatWidget', mount]);
