/**
 * One agent's session in this tab: it keeps the desk true to the server, and carries out what the agent asks
 * for.
 */
import type { AgentReadiness, EventResource } from '../../../model/index.js';
import { HttpError } from '../../shared/http.js';
import type { ConnectionState, PushClient } from '../../shared/push.js';
import {
  addLiveEvents,
  emptyDesk,
  isOver,
  nextToSend,
  openedChats,
  readMonitorMessage,
  readWorkspaceMessage,
  reduce,
  type Desk,
  type DeskInput,
  type VisitActivity,
} from '../model/index.js';
import type { WorkspaceApi } from './api.js';
import { forgetOutbox, restoreOutbox, saveOutbox, type TextStorage } from './outbox-storage.js';
import { OutboxSender } from './outbox-sender.js';
import { StateReader } from './state-reader.js';
import { TypingSignal } from './typing-signal.js';

export type SessionPhase =
  | { kind: 'starting' }
  | { kind: 'signedOut'; expired: boolean }
  | { kind: 'failed'; error: HttpError }
  | { kind: 'open' };

/** Something that went wrong with a request of the agent, to be shown until the next one. */
export interface Notice {
  kind: 'offerGone' | 'offerFailed' | 'readinessFailed' | 'endFailed';
  requestId: string | null;
}

export interface SessionView {
  phase: SessionPhase;
  connection: ConnectionState;
  desk: Desk;
  /** Events pushed since, by visitId. */
  liveEvents: Readonly<Record<string, readonly EventResource[]>>;
  /** Offers whose answer is on its way. */
  answering: readonly string[];
  readinessPending: boolean;
  notice: Notice | null;
  /** Server's clock minus browser's clock. */
  clockOffsetMs: number;
}

export interface SessionOptions {
  api: WorkspaceApi;
  push: PushClient;
  storage: TextStorage;
  now: () => number;
  newId: () => string;
  /** The visit of a chat may have changed in a way that only a new read can tell. */
  visitChanged: (chatId: string) => void;
}

const timing = {
  /** How long after its end an offer may stay before the server is asked about it. */
  offerGraceMs: 3_000,
  /** A visitor who types renews it sooner than that. */
  visitorTypingMs: 30_000,
  /** The `Date` header counts whole seconds, so smaller differences say nothing. */
  clockOffsetMinMs: 2_000,
} as const;

const emptyView: SessionView = {
  phase: { kind: 'starting' },
  connection: 'stopped',
  desk: emptyDesk,
  liveEvents: {},
  answering: [],
  readinessPending: false,
  notice: null,
  clockOffsetMs: 0,
};

export class WorkspaceSession {
  readonly #options: SessionOptions;
  readonly #listeners = new Set<() => void>();
  readonly #outbox: OutboxSender;
  readonly #typing: TypingSignal;
  readonly #reader: StateReader;
  /** Monitored visits: chatId -> what ends the subscription. */
  readonly #monitored = new Map<string, () => void>();
  /** Visitors who are said to type: chatId -> when that lapses. */
  readonly #typingTimers = new Map<string, ReturnType<typeof setTimeout>>();
  #view = emptyView;
  /** Whether storage may hold unsent messages. */
  #outboxSaved = true;
  #offerTimer: ReturnType<typeof setTimeout> | undefined;
  #leaveChannel: (() => void) | null = null;

  constructor(options: SessionOptions) {
    this.#options = options;
    const { api, now } = options;
    this.#reader = new StateReader({
      read: () => api.state(),
      dispatch: (input) => this.#dispatch(input),
      done: (state, serverTime) => this.#readDone(state.agent.user, serverTime),
      failed: (error) => this.#readFailed(error),
      now,
    });
    this.#outbox = new OutboxSender({
      send: (chatId, messageId, text) => api.sendMessage(chatId, messageId, text),
      dispatch: (input) => this.#dispatch(input),
      unauthenticated: () => this.#signOut(true),
    });
    // Typing is a courtesy: a lost signal is not worth a repeat or a word.
    this.#typing = new TypingSignal(
      (chatId, typing) => void api.tellTyping(chatId, typing).catch(() => undefined),
    );
  }

  readonly view = (): SessionView => this.#view;

  readonly listen = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Opens the desk if the cookie still names a session. */
  start(): void {
    this.#change({ phase: { kind: 'starting' } });
    this.#reader.request();
  }

  /** Rejects with HttpError: 401 wrong, 429 too often. */
  async login(user: string, password: string): Promise<void> {
    await this.#options.api.login(user, password);
    this.start();
  }

  async logout(): Promise<void> {
    const user = this.#view.desk.agent?.user;
    await this.#options.api.logout().catch((error: unknown) => {
      if (!(error instanceof HttpError && error.status === 401)) throw error;
    });
    if (user !== undefined) forgetOutbox(this.#options.storage, user);
    this.#signOut(false);
  }

  async setReadiness(readiness: AgentReadiness): Promise<void> {
    const askedAtCount = this.#view.desk.agentTellCount;
    this.#change({ readinessPending: true, notice: null });
    const agent = await this.#ask(this.#options.api.setReadiness(readiness), 'readinessFailed');
    this.#change({ readinessPending: false });
    if (agent !== null) this.#dispatch({ kind: 'readinessAnswered', agent, askedAtCount });
  }

  /** Whether the server took the answer. */
  async answerOffer(chatId: string, answer: 'accept' | 'decline'): Promise<boolean> {
    const offer = this.#view.desk.offers[chatId];
    if (offer === undefined || this.#view.answering.includes(chatId)) return false;
    this.#change({ answering: [...this.#view.answering, chatId], notice: null });
    const told = await this.#ask(
      this.#options.api.answerOffer(chatId, answer).then(() => true),
      'offerFailed',
    );
    this.#change({ answering: this.#view.answering.filter((id) => id !== chatId) });
    const gone = this.#view.notice?.kind === 'offerGone';
    if (told === true || gone) this.#dispatch({ kind: 'offerAnswered', chatId, offeredAt: offer.offeredAt });
    // The push brings the chat; a read brings it also when the push is away just now.
    if (told === true && answer === 'accept' && this.#view.connection !== 'connected') this.#reader.request();
    return told === true;
  }

  sendMessage(chatId: string, text: string): void {
    const { newId, now } = this.#options;
    this.#typing.sent(chatId);
    this.#dispatch({ kind: 'messageWritten', chatId, messageId: newId(), text, at: now() });
  }

  retryMessage(chatId: string, messageId: string): void {
    this.#dispatch({ kind: 'messageRetried', chatId, messageId });
  }

  discardMessage(chatId: string, messageId: string): void {
    this.#dispatch({ kind: 'messageDiscarded', chatId, messageId });
  }

  typed(chatId: string, text: string): void {
    if (text === '') this.#typing.paused(chatId);
    else this.#typing.typed(chatId, this.#options.now());
  }

  async endChat(chatId: string): Promise<void> {
    this.#change({ notice: null });
    await this.#ask(this.#options.api.endChat(chatId), 'endFailed');
    if (this.#view.connection !== 'connected') this.#reader.request();
  }

  closeChat(chatId: string): void {
    const visitId = this.#view.desk.chats[chatId]?.opening?.visitId ?? '';
    const { [visitId]: _forgotten, ...liveEvents } = this.#view.liveEvents;
    this.#change({ liveEvents });
    this.#dispatch({ kind: 'chatClosed', chatId });
  }

  markSeen(chatId: string): void {
    this.#dispatch({ kind: 'chatSeen', chatId });
  }

  dismissNotice(): void {
    this.#change({ notice: null });
  }

  /** The network may have come back, or the page has come to the front: look whether anything was missed. */
  refresh(): void {
    if (this.#view.phase.kind === 'open') this.#reader.request();
  }

  async visit(chatId: string): Promise<VisitActivity> {
    return this.#options.api.visit(chatId).catch((error: unknown) => {
      if (error instanceof HttpError && error.status === 401) this.#signOut(true);
      throw error;
    });
  }

  async #ask<T>(request: Promise<T>, notice: Notice['kind']): Promise<T | null> {
    try {
      return await request;
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
      if (error.status === 401) this.#signOut(true);
      else if (error.status === 409 && notice === 'endFailed') this.#reader.request();
      else {
        const kind = notice === 'offerFailed' && [404, 409].includes(error.status) ? 'offerGone' : notice;
        this.#change({ notice: { kind, requestId: error.requestId } });
      }
      return null;
    }
  }

  #readDone(user: string, serverTime: number | null): void {
    this.#setClock(serverTime);
    if (this.#view.phase.kind !== 'open') this.#open(user);
  }

  #readFailed(error: HttpError): boolean {
    const open = this.#view.phase.kind === 'open';
    if (error.status === 401) this.#signOut(open);
    else if (!open) this.#change({ phase: { kind: 'failed', error } });
    return open && error.status !== 401;
  }

  #setClock(serverTime: number | null): void {
    if (serverTime === null) return;
    const offsetMs = serverTime + 500 - this.#options.now();
    this.#change({ clockOffsetMs: Math.abs(offsetMs) < timing.clockOffsetMinMs ? 0 : offsetMs });
  }

  #open(user: string): void {
    const { push, storage } = this.#options;
    this.#change({ phase: { kind: 'open' } });
    this.#leaveChannel = push.subscribe(`/workspace/${user}`, {
      receive: (data) => {
        const message = readWorkspaceMessage(data);
        if (message === null) return;
        this.#dispatch({ kind: 'pushed', message });
        if (message.kind === 'chatUpdated') this.#expectEndOfTyping(message.chatId, message.typing);
      },
      caughtUp: () => this.#reader.request(),
    });
    push.start({
      stateChanged: (connection) => this.#change({ connection }),
      refused: () => this.#reader.request(),
    });
    for (const written of restoreOutbox(storage, user)) this.#dispatch(written);
    this.#settle();
  }

  #expectEndOfTyping(chatId: string, typing: boolean): void {
    clearTimeout(this.#typingTimers.get(chatId));
    this.#typingTimers.delete(chatId);
    if (!typing) return;
    const lapse = () => this.#dispatch({ kind: 'typingLapsed', chatId });
    this.#typingTimers.set(chatId, setTimeout(lapse, timing.visitorTypingMs));
  }

  #signOut(expired: boolean): void {
    this.#reader.cancel();
    clearTimeout(this.#offerTimer);
    for (const timer of this.#typingTimers.values()) clearTimeout(timer);
    this.#typingTimers.clear();
    this.#outbox.stop();
    this.#typing.stop();
    for (const leave of this.#monitored.values()) leave();
    this.#monitored.clear();
    this.#leaveChannel?.();
    this.#leaveChannel = null;
    this.#options.push.stop();
    this.#change({ ...emptyView, phase: { kind: 'signedOut', expired } });
  }

  #dispatch(input: DeskInput): void {
    const desk = reduce(this.#view.desk, input);
    if (desk === this.#view.desk) return;
    this.#change({ desk });
    if (this.#view.phase.kind === 'open') this.#settle();
  }

  /** Makes the outside follow the desk: messages to send, visits to watch, gaps to fill, overdue offers. */
  #settle(): void {
    const { desk } = this.#view;
    const { now } = this.#options;
    this.#saveOutbox(desk);
    this.#outbox.pump(desk);
    this.#watchVisits(desk);
    if (desk.stale) this.#reader.requestSoon();
    clearTimeout(this.#offerTimer);
    const ends = Object.values(desk.offers).map((offer) => offer.expiresAt);
    if (ends.length === 0) return;
    const waitMs = Math.min(...ends) + timing.offerGraceMs - now() - this.#view.clockOffsetMs;
    this.#offerTimer = setTimeout(() => this.#reader.request(), Math.max(waitMs, timing.offerGraceMs));
  }

  /** Storage is slow, and most changes of the desk are not of its outboxes. */
  #saveOutbox(desk: Desk): void {
    const unsent = nextToSend(desk).length > 0;
    if (desk.agent !== null && (unsent || this.#outboxSaved)) {
      saveOutbox(this.#options.storage, desk.agent.user, desk);
    }
    this.#outboxSaved = unsent;
  }

  #watchVisits(desk: Desk): void {
    const watched = openedChats(desk).filter((chat) => !isOver(chat));
    const wanted = new Set(watched.map((chat) => chat.chatId));
    for (const [chatId, leave] of this.#monitored) {
      if (wanted.has(chatId)) continue;
      leave();
      this.#monitored.delete(chatId);
    }
    for (const { chatId, opening } of watched) {
      if (this.#monitored.has(chatId)) continue;
      const leave = this.#options.push.subscribe(`/monitor/${opening.visitId}`, {
        receive: (data) => this.#receiveEvents(chatId, data),
        caughtUp: () => this.#options.visitChanged(chatId),
      });
      this.#monitored.set(chatId, leave);
    }
  }

  #receiveEvents(chatId: string, data: unknown): void {
    const message = readMonitorMessage(data);
    if (message === null) return;
    const { visitId, events } = message;
    const { liveEvents } = this.#view;
    const known = liveEvents[visitId] ?? [];
    const all = addLiveEvents(known, events);
    if (all === known) return;
    this.#change({ liveEvents: { ...liveEvents, [visitId]: all } });
    if (events.some((event) => event.eventType === 'SYSTEM')) this.#options.visitChanged(chatId);
  }

  #change(change: Partial<SessionView>): void {
    this.#view = { ...this.#view, ...change };
    for (const listener of this.#listeners) listener();
  }
}
