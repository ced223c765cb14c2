/** One chat in the visitor's page: what the server says, what the visitor writes, and what survives a reload. */
import type { ChatUpdateData } from '../../model/index.js';
import { newId } from '../events.js';
import { isSettled, request, requestUntilSettled } from '../http.js';
import { keep, kept } from '../session-memory.js';
import type { ChatHost, ChatWindow } from './contract.js';
import { createSender } from './outgoing.js';
import { emptyTranscript, mergeEntries, type OutgoingMessage } from './transcript.js';
import { createTypingSignal } from './typing.js';
import { createChatView, type ChatView } from './view.js';
import { wordsFor } from './words.js';

/** What a tab keeps of its chat. */
interface KeptChat {
  isMinimised: boolean;
  draft: string;
  outgoing: OutgoingMessage[];
  /** Entries that the visitor has seen. */
  readCount: number;
}

/** How often the chat is fetched while push is down, and how soon a sent message must have come back. */
const pollMs = 4_000;
const echoMs = 2_000;
/** An agent who has been typing so long without a word has stopped. */
const typingMsMax = 30_000;

export function openConversation(host: ChatHost): ChatWindow {
  const { chatId } = host;
  const url = `${host.endpoint}/server/data/chat/${chatId}`;
  const words = wordsFor(host.languageCode, host.texts);
  const before = kept(chatId) as KeptChat | undefined;
  const transcript = emptyTranscript(before?.outgoing ?? []);
  const returnTo = document.activeElement as HTMLElement | null;
  let { isMinimised } = host;
  let draft = before?.draft ?? '';
  let readCount = before?.readCount ?? (host.mayFocus ? 0 : Infinity);
  let view: ChatView | undefined;
  let isFetching = false;
  let isOffline = false;
  let isOver = false;
  let typingTimer: ReturnType<typeof setTimeout> | undefined;
  let pollTimer: ReturnType<typeof setTimeout> | undefined;

  const typing = createTypingSignal(
    (isTyping) => void request(`${url}/typing`, { json: { typing: isTyping } }),
  );
  const sender = createSender(`${url}/messages`, transcript, (message) => {
    view?.paintOutgoing(message);
    save();
    if (message.state === 'failed') void refresh();
    // The entry comes by push; should it not, it is fetched.
    if (message.state === 'sent')
      setTimeout(() => transcript.outgoing.includes(message) && void refresh(), echoMs);
  });

  function save(): void {
    if (isOver) return;
    keep(chatId, { isMinimised, draft, outgoing: transcript.outgoing, readCount } satisfies KeptChat);
  }

  /** The window appears at once when the visitor has asked for it, else when there is something to show. */
  function paint(mayFocus: boolean): ChatView {
    if (view !== undefined) return view;
    const painted = (view = createChatView(host.root, words, host.languageCode, {
      send(text) {
        const message: OutgoingMessage = { messageId: newId(), text, state: 'sending' };
        transcript.outgoing.push(message);
        draft = '';
        typing.stop();
        painted.paintOutgoing(message);
        save();
        sender.run();
      },
      wrote(text) {
        draft = text;
        typing.wrote(text);
        save();
      },
      sendAgain(messageId) {
        const message = transcript.outgoing.find((each) => each.messageId === messageId);
        if (message === undefined) return;
        message.state = 'sending';
        painted.paintOutgoing(message);
        sender.run();
      },
      end: () => void requestUntilSettled(`${url}/end`, { json: {} }).then(refresh),
      close,
      minimised: (wanted) => setMinimised(wanted, true),
    }));
    painted.paintState(transcript.state, transcript.agentName);
    transcript.outgoing.forEach(painted.paintOutgoing);
    painted.setDraft(draft);
    setMinimised(isMinimised, mayFocus);
    sender.run();
    return painted;
  }

  function setMinimised(wanted: boolean, mayFocus: boolean): void {
    isMinimised = wanted;
    view?.setMinimised(wanted, mayFocus);
    countUnread();
    save();
  }

  function countUnread(): void {
    if (!isMinimised && !document.hidden) readCount = transcript.entries.length;
    readCount = Math.min(readCount, transcript.entries.length);
    view?.paintUnread(transcript.entries.slice(readCount).filter(({ by }) => by === 'agent').length);
  }

  function apply(news: ChatUpdateData): void {
    const painted = paint(false);
    const { added, hasGap } = mergeEntries(transcript, news.entries);
    // A late push must not bring an ended chat back.
    if (transcript.state !== 'ended') transcript.state = news.state;
    transcript.agentName = news.agentName ?? transcript.agentName;
    painted.paintState(transcript.state, transcript.agentName);
    added.forEach(painted.addEntry);
    const isTyping = news.typing ?? (added.some(({ by }) => by === 'agent') ? false : undefined);
    if (transcript.state === 'ended') paintTyping(false);
    else if (isTyping !== undefined) paintTyping(isTyping);
    countUnread();
    save();
    if (hasGap) void refresh();
  }

  function paintTyping(isTyping: boolean): void {
    clearTimeout(typingTimer);
    if (isOffline) return;
    view?.paintNote(isTyping ? words('typing', { name: transcript.agentName ?? words('agent') }) : '');
    if (isTyping) typingTimer = setTimeout(() => paintTyping(false), typingMsMax);
  }

  async function refresh(): Promise<void> {
    if (isFetching || isOver) return;
    isFetching = true;
    const answer = await request(`${url}?since=${transcript.entries.length}`);
    isFetching = false;
    const isFirst = transcript.entries.length === 0;
    const wasOffline = isOffline;
    isOffline = !isSettled(answer);
    if (answer.status === 200) {
      if (wasOffline) view?.paintNote('');
      const news = answer.body as ChatUpdateData;
      // Ended and put away elsewhere: there is nothing to come back to.
      if (news.state === 'ended' && view === undefined && before === undefined) close();
      else apply(news);
      if (isFirst) requestAnimationFrame(() => view?.announce());
    } else if (isSettled(answer)) {
      // The server does not know this chat any more.
      if (view === undefined) close();
      else apply({ chatId, state: 'ended', agentName: null, entries: [] });
    } else if (!wasOffline) view?.paintNote(words('offline'), true);
    schedulePoll();
  }

  function schedulePoll(): void {
    clearTimeout(pollTimer);
    if (isOver || transcript.state === 'ended') return;
    pollTimer = setTimeout(() => {
      if (isOffline || (!host.isPushUp() && !document.hidden)) void refresh();
      else schedulePoll();
    }, pollMs);
  }

  function onVisible(): void {
    if (document.hidden) return;
    countUnread();
    void refresh();
  }

  function close(): void {
    isOver = true;
    typing.stop();
    sender.stop();
    clearTimeout(pollTimer);
    clearTimeout(typingTimer);
    document.removeEventListener('visibilitychange', onVisible);
    view?.remove();
    keep(chatId, undefined);
    host.forget();
    if (returnTo?.isConnected) returnTo.focus();
  }

  document.addEventListener('visibilitychange', onVisible);
  if (host.mayFocus) paint(true);
  void refresh();
  return {
    update(news) {
      if (news.chatId === chatId && !isOver) apply(news);
    },
    refresh: () => void refresh(),
    show: () => setMinimised(false, true),
  };
}
