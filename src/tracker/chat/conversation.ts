/**
 * One chat in the visitor's page: what the server says, what the visitor writes, and what survives a reload.
 */
import type { ChatUpdateData } from '../../model/index.js';
import { newId } from '../events.js';
import { isSettled } from '../answer.js';
import { request, requestUntilSettled } from '../http.js';
import { keep, kept } from '../session-memory.js';
import type { ChatHost, ChatWindow } from './contract.js';
import { createSender, type Sender } from './outgoing.js';
import { chatStyles } from './styles.js';
import { emptyTranscript, mergeEntries, type OutgoingMessage, type Transcript } from './transcript.js';
import { createTypingSignal, type TypingSignal } from './typing.js';
import { ChatView } from './view.js';
import { wordsFor, type Words } from './words.js';

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

type Timer = ReturnType<typeof setTimeout> | undefined;

export class Conversation implements ChatWindow {
  readonly #host: ChatHost;
  readonly #url: string;
  readonly #words: Words;
  readonly #before: KeptChat | undefined;
  readonly #transcript: Transcript;
  readonly #typing: TypingSignal;
  readonly #sender: Sender;
  readonly #returnTo = document.activeElement as HTMLElement | null;
  #isMinimised: boolean;
  #draft: string;
  #readCount: number;
  #view: ChatView | undefined;
  #isFetching = false;
  #isOffline = false;
  #isOver = false;
  #typingTimer: Timer;
  #pollTimer: Timer;

  constructor(host: ChatHost) {
    this.#host = host;
    this.#url = `${host.endpoint}/server/data/chat/${host.chatId}`;
    this.#words = wordsFor(host.languageCode, host.texts);
    this.#before = kept(host.chatId) as KeptChat | undefined;
    this.#transcript = emptyTranscript(this.#before?.outgoing ?? []);
    this.#isMinimised = host.isMinimised;
    this.#draft = this.#before?.draft ?? '';
    // A tab that did not see the chat open takes what is there for read.
    this.#readCount = this.#before?.readCount ?? (host.mayFocus ? 0 : Infinity);
    this.#typing = createTypingSignal((typing) => void request(`${this.#url}/typing`, { json: { typing } }));
    const post = (message: unknown) => request(`${this.#url}/messages`, { json: message });
    this.#sender = createSender(post, this.#transcript, (message) => {
      this.#delivered(message);
    });
    addEventListener('online', this.#sender.retry);
    document.addEventListener('visibilitychange', this.#onVisible);
    // The window appears at once when the visitor has asked for it, else when there is something to show.
    if (host.mayFocus) this.#paint(true);
    this.refresh();
  }

  update(news: ChatUpdateData): void {
    if (news.chatId === this.#host.chatId && !this.#isOver) this.#apply(news);
  }

  refresh(): void {
    void this.#fetch();
  }

  show(): void {
    this.#setMinimised(false, true);
  }

  remove(): void {
    this.#isOver = true;
    this.#typing.stop();
    this.#sender.stop();
    clearTimeout(this.#pollTimer);
    clearTimeout(this.#typingTimer);
    removeEventListener('online', this.#sender.retry);
    document.removeEventListener('visibilitychange', this.#onVisible);
    this.#view?.remove();
  }

  /** The visitor has put the chat away, or there is none any more. */
  #close(): void {
    this.remove();
    keep(this.#host.chatId, undefined);
    this.#host.forget();
    this.#returnTo?.focus();
  }

  #paint(mayFocus: boolean): ChatView {
    if (this.#view !== undefined) return this.#view;
    const { languageCode, paintIn } = this.#host;
    const view = (this.#view = new ChatView(this.#words, languageCode, {
      send: (text) => this.#send(text),
      wrote: (draft) => {
        this.#draft = draft;
        this.#typing.wrote(draft);
        this.#save();
      },
      sendAgain: (messageId) => this.#sendAgain(messageId),
      end: () =>
        void requestUntilSettled(`${this.#url}/end`, { json: {} }).then(() => {
          this.refresh();
        }),
      close: () => this.#close(),
      minimised: (isMinimised) => this.#setMinimised(isMinimised, true),
    }));
    view.addTo(paintIn(chatStyles));
    view.paintState(this.#transcript.state, this.#transcript.agentName);
    for (const message of this.#transcript.outgoing) view.paintOutgoing(message);
    view.setDraft(this.#draft);
    this.#setMinimised(this.#isMinimised, mayFocus);
    this.#sender.run();
    return view;
  }

  #send(text: string): void {
    const message: OutgoingMessage = { messageId: newId(), text, state: 'sending' };
    this.#transcript.outgoing.push(message);
    this.#draft = '';
    this.#typing.stop();
    this.#view?.paintOutgoing(message);
    this.#save();
    this.#sender.run();
  }

  #sendAgain(messageId: string): void {
    const message = this.#transcript.outgoing.find((each) => each.messageId === messageId);
    if (message === undefined) return;
    message.state = 'sending';
    this.#view?.paintOutgoing(message);
    this.#sender.run();
  }

  #delivered(message: OutgoingMessage): void {
    const { outgoing } = this.#transcript;
    this.#save();
    // Its entry was quicker than the answer.
    if (!outgoing.includes(message)) return;
    this.#view?.paintOutgoing(message);
    if (message.state === 'failed') this.refresh();
    if (message.state !== 'sent') return;
    // The entry comes by push; should it not, it is fetched.
    setTimeout(() => {
      if (this.#transcript.outgoing.includes(message)) this.refresh();
    }, echoMs);
  }

  #save(): void {
    if (this.#isOver) return;
    keep(this.#host.chatId, {
      isMinimised: this.#isMinimised,
      draft: this.#draft,
      outgoing: this.#transcript.outgoing,
      readCount: this.#readCount,
    } satisfies KeptChat);
  }

  #setMinimised(isMinimised: boolean, mayFocus: boolean): void {
    this.#isMinimised = isMinimised;
    this.#view?.setMinimised(isMinimised, mayFocus);
    this.#countUnread();
    this.#save();
  }

  #countUnread(): void {
    const { entries } = this.#transcript;
    if (!this.#isMinimised && !document.hidden) this.#readCount = entries.length;
    this.#readCount = Math.min(this.#readCount, entries.length);
    this.#view?.paintUnread(entries.slice(this.#readCount).filter(({ by }) => by === 'agent').length);
  }

  #apply(news: ChatUpdateData): void {
    const view = this.#paint(false);
    const transcript = this.#transcript;
    const { added, hasGap } = mergeEntries(transcript, news.entries);
    // A late push must not bring an ended chat back.
    if (transcript.state !== 'ended') transcript.state = news.state;
    transcript.agentName = news.agentName ?? transcript.agentName;
    view.paintState(transcript.state, transcript.agentName);
    for (const entry of added) view.addEntry(entry);
    const hasSpoken = added.some(({ by }) => by === 'agent') || transcript.state === 'ended';
    const isTyping = hasSpoken ? false : news.typing;
    if (isTyping !== undefined) this.#paintTyping(isTyping);
    this.#countUnread();
    this.#save();
    if (hasGap) this.refresh();
  }

  #paintTyping(isTyping: boolean): void {
    clearTimeout(this.#typingTimer);
    if (this.#isOffline) return;
    const name = this.#transcript.agentName ?? this.#words('agent');
    this.#view?.paintNote(isTyping ? this.#words('typing', { name }) : '');
    if (!isTyping) return;
    this.#typingTimer = setTimeout(() => {
      this.#paintTyping(false);
    }, typingMsMax);
  }

  /** Asks for the entries from the first that is missing. */
  async #fetch(): Promise<void> {
    if (this.#isFetching || this.#isOver) return;
    this.#isFetching = true;
    const isFirst = this.#transcript.entries.length === 0;
    const answer = await request(`${this.#url}?since=${this.#transcript.entries.length}`);
    this.#isFetching = false;
    // It may have been put away meanwhile.
    if (this.#hasEnded()) return;
    const wasOffline = this.#isOffline;
    this.#isOffline = !isSettled(answer);
    if (this.#isOffline) {
      if (!wasOffline) this.#view?.paintNote(this.#words('offline'), true);
    } else {
      if (wasOffline) {
        this.#view?.paintNote('');
        this.#sender.retry();
      }
      this.#fetched(answer.status === 200 ? (answer.body as ChatUpdateData) : undefined);
      if (isFirst) requestAnimationFrame(() => this.#view?.announce());
    }
    this.#schedulePoll();
  }

  #hasEnded(): boolean {
    return this.#isOver;
  }

  /** `undefined` is a chat that the server does not know any more. */
  #fetched(news: ChatUpdateData | undefined): void {
    const isEnded = news === undefined || news.state === 'ended';
    // Ended while this tab did not look: there is nothing to come back to.
    if (isEnded && this.#view === undefined && this.#before === undefined) this.#close();
    else this.#apply(news ?? { chatId: this.#host.chatId, state: 'ended', agentName: null, entries: [] });
  }

  #schedulePoll(): void {
    clearTimeout(this.#pollTimer);
    if (this.#isOver || this.#transcript.state === 'ended') return;
    this.#pollTimer = setTimeout(() => {
      if (this.#isOffline || (!this.#host.isPushUp() && !document.hidden)) this.refresh();
      else this.#schedulePoll();
    }, pollMs);
  }

  readonly #onVisible = (): void => {
    if (document.hidden) return;
    this.#countUnread();
    this.refresh();
  };
}
