/** Small desks, chats and pushes for the tests of the workspace's pure part. */
import type {
  AgentChatView,
  AgentView,
  ChatEntry,
  OfferView,
  WorkspaceMessage,
  WorkspaceState,
} from '../../../src/model/index.js';
import { emptyDesk, reduce, type Desk, type DeskInput } from '../../../src/ui/workspace/model/index.js';

export const agent: AgentView = {
  user: 'anna',
  name: 'Anna',
  groups: ['web'],
  readiness: 'ready',
  notReadyReason: null,
  capacity: 3,
};

export function message(offset: number, by: 'visitor' | 'agent' = 'visitor', messageId?: string): ChatEntry {
  const entry: ChatEntry = { offset, at: 1_000 + offset, kind: 'message', by, text: `line ${offset}` };
  return messageId === undefined ? entry : { ...entry, messageId };
}

export function chat(
  chatId: string,
  entries: ChatEntry[],
  change: Partial<AgentChatView> = {},
): AgentChatView {
  return {
    chatId,
    visitId: `visit-${chatId}`,
    state: 'active',
    startDate: 1_000,
    entries,
    typing: false,
    ...change,
  };
}

export function offer(chatId: string, offeredAt = 1_000): OfferView {
  return {
    chatId,
    visitId: `visit-${chatId}`,
    rule: `rule of ${chatId}`,
    offeredAt,
    expiresAt: offeredAt + 30_000,
  };
}

export const opened = (view: AgentChatView): WorkspaceMessage => ({ kind: 'chatOpened', chat: view });

export function updated(
  chatId: string,
  entries: ChatEntry[],
  state: AgentChatView['state'] = 'active',
): WorkspaceMessage {
  return { kind: 'chatUpdated', chatId, state, entries, typing: false };
}

export const pushed = (push: WorkspaceMessage): DeskInput => ({ kind: 'pushed', message: push });

export function snapshot(change: Partial<WorkspaceState> = {}): WorkspaceState {
  return { agent, offers: [], chats: [], ...change };
}

export function deskAfter(inputs: readonly DeskInput[], from: Desk = emptyDesk): Desk {
  return inputs.reduce(reduce, from);
}

/** A whole read of the state, with `during` pushed between its request and its answer. */
export function sync(
  state: WorkspaceState,
  during: readonly WorkspaceMessage[] = [],
  syncId = 1,
): DeskInput[] {
  return [
    { kind: 'syncStarted', syncId },
    ...during.map(pushed),
    { kind: 'snapshotTaken', syncId, snapshot: state },
  ];
}
