/**
 * A chat as this browser knows it: the server's entries by offset, and the visitor's messages that are not
 * among them.
 */
import type { ChatEntry, ChatState } from '../../model/index.js';

export interface OutgoingMessage {
  messageId: string;
  text: string;
  /**
   * `sent` is with the server but not back as an entry yet; `failed` waits for the visitor; the rest is tried
   * again.
   */
  state: 'sending' | 'retrying' | 'failed' | 'sent';
}

export interface Transcript {
  entries: ChatEntry[];
  outgoing: OutgoingMessage[];
  state: ChatState;
  agentName: string | null;
}

export interface Merge {
  /** Entries that are new, in order. */
  added: ChatEntry[];
  /** Entries in between are missing and must be fetched. */
  hasGap: boolean;
}

export function emptyTranscript(outgoing: OutgoingMessage[]): Transcript {
  return { entries: [], outgoing, state: 'waiting', agentName: null };
}

/**
 * Takes entries in whatever order and number they come; each is in the transcript once and at its offset.
 * What lies beyond a gap is left for the fetch that fills it. A message of the visitor's own leaves
 * `outgoing` as it comes back.
 */
export function mergeEntries(transcript: Transcript, entries: readonly ChatEntry[]): Merge {
  const added: ChatEntry[] = [];
  let hasGap = false;
  for (const entry of [...entries].sort((one, other) => one.offset - other.offset)) {
    if (entry.offset < transcript.entries.length) continue;
    if (entry.offset > transcript.entries.length) {
      hasGap = true;
      break;
    }
    transcript.entries.push(entry);
    added.push(entry);
    if (entry.by === 'visitor') {
      transcript.outgoing = transcript.outgoing.filter(({ messageId }) => messageId !== entry.messageId);
    }
  }
  return { added, hasGap };
}
