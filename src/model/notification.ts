/** What is pushed to a browser on `/notification/{visitID}` (spec/engagement.md section 5). */
import type { JsonValue } from '../base/index.js';
import type { ChatEntry, ChatState } from './chat.js';

/**
 * `page` limits the message to one page of the visit; null is for all. Channels that begin `gpe.` are the
 * tracker's.
 */
export interface NotificationMessage {
  page: string | null;
  channel: string;
  data: JsonValue;
}

/** `gpe.invite`: paint an invitation. Given again (after a reconnect) it is the same invitation. */
export interface InvitationData {
  engagementID: string;
  title: string;
  text: string;
  acceptLabel: string;
  rejectLabel: string;
  /** When the offer ends, epoch milliseconds on the server's clock, and the time left when this was sent. */
  expiresAt: number;
  remainingMs: number;
}

/** `gpe.revoke`: take the invitation away, it is over. */
export interface RevocationData {
  engagementID: string;
}

/** `gpe.chat`: a chat changed. `entries` are new lines by offset; `typing` comes and goes. */
export interface ChatUpdateData {
  chatId: string;
  state: ChatState;
  agentName: string | null;
  entries: ChatEntry[];
  typing?: boolean;
}

/** `gpe.openChat`: the invitation was accepted (perhaps in another tab): open the chat widget. */
export interface OpenChatData {
  chatId: string;
}
