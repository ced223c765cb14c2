/** What the server pushes: the `gpe.` channels are Beckon's own, one row each; all others are the site's. */
import type { InvitationData, NotificationMessage } from '../../model/index.js';
import { ChatLoader } from '../chat/loader.js';
import { debug } from '../debug.js';
import { isSettled } from '../answer.js';
import { requestUntilSettled } from '../http.js';
import { keep, kept } from '../session-memory.js';
import type { Settings } from '../settings.js';
import { appendContent } from './append-content.js';
import { InvitationCard } from './invitation-card.js';

export type Subscriber = (data: unknown, channel: string) => void;

type Data = Readonly<Record<string, unknown>>;
type Handler = (self: Notifications, data: Data) => void;

/** Kept until the server has heard it, also by a later page. */
interface PendingAnswer {
  engagementID: unknown;
  code: string;
  at: number;
}

const answerKey = 'answer';
const answerAgeMsMax = 120_000;

const handlers: Readonly<Record<string, Handler>> = {
  'gpe.invite': (self, data) => {
    self.invite(data as unknown as InvitationData);
  },
  'gpe.revoke': (self, { engagementID }) => {
    self.revoke(engagementID);
  },
  'gpe.chat': (self, data) => {
    self.chat.update(data);
  },
  'gpe.openChat': (self, { chatId }) => {
    self.revoke();
    self.chat.open(chatId, document.hidden);
  },
  'gpe.appendContent': (self, data) => {
    appendContent(data, self.settings.endpoint).catch((error: unknown) => {
      debug('content was not appended', error);
    });
  },
};

export class Notifications {
  readonly settings: Settings;
  readonly chat: ChatLoader;
  readonly #subscribers: [channel: string, subscriber: Subscriber][] = [];
  #visitID = '';
  #card: InvitationCard | undefined;
  /** The invitation on the screen, or the last one: a repeat of it is the same invitation. */
  #invited: unknown;

  constructor(settings: Settings, isPushUp: () => boolean) {
    this.settings = settings;
    this.chat = new ChatLoader(settings, isPushUp);
  }

  /** The visit is known: what was left open on an earlier page goes on. */
  start(visitID: string): void {
    this.#visitID = visitID;
    const pending = kept(answerKey) as PendingAnswer | undefined;
    if (pending !== undefined && this.#card === undefined) void this.#report(pending);
    this.chat.restore();
  }

  /** A pushed message; one for another page than `pageID` is not for us. */
  receive(message: unknown, pageID: string): void {
    const { page, channel, data } = (message ?? {}) as Partial<NotificationMessage>;
    if (typeof channel !== 'string' || (page && page !== pageID)) return;
    debug('received', message);
    try {
      if (!channel.startsWith('gpe.')) this.#publish(channel, data);
      else if (Object.hasOwn(handlers, channel)) handlers[channel]?.(this, (data ?? {}) as Data);
    } catch (error) {
      debug('not handled', message, error);
    }
  }

  /** Push is there again: what was missed is fetched. */
  refresh(): void {
    this.chat.refresh();
  }

  /** Takes everything off the page and forgets what was open. */
  end(): void {
    this.#card?.remove();
    this.chat.end();
  }

  subscribe(channel: string, subscriber: Subscriber): void {
    this.#subscribers.push([channel, subscriber]);
  }

  /** Paints an invitation, once. */
  invite(invitation: InvitationData): void {
    const { engagementID, remainingMs } = invitation;
    if (engagementID === this.#invited || !(remainingMs > 0)) return;
    this.revoke();
    this.#invited = engagementID;
    this.#card = new InvitationCard(invitation, this.settings.texts ?? {}, {
      shown: () => void requestUntilSettled(this.#dispositionUrl(engagementID, 'shown'), {}),
      answered: (code) => void this.#report({ engagementID, code, at: Date.now() }),
    });
  }

  /** Takes the invitation away; with an id only if it is that one. */
  revoke(engagementID: unknown = this.#invited): void {
    if (engagementID !== this.#invited) return;
    this.#card?.remove();
    this.#card = undefined;
  }

  #dispositionUrl(engagementID: unknown, code: string): string {
    const query = new URLSearchParams({
      visitID: this.#visitID,
      engagementID: String(engagementID),
      code,
    });
    return `${this.settings.endpoint}/server/data/notification/disposition?${query.toString()}`;
  }

  /** Reports until the server has heard it; an accepted chat opens with what it answers. */
  async #report(pending: PendingAnswer): Promise<void> {
    const { engagementID, code, at } = pending;
    keep(answerKey, pending);
    const { status, body } = await requestUntilSettled(
      this.#dispositionUrl(engagementID, code),
      { keepalive: true },
      (each) => isSettled(each) || Date.now() - at > answerAgeMsMax,
    );
    keep(answerKey, undefined);
    if (code !== 'accept') return;
    const { chatId, state } = (body ?? {}) as { chatId?: unknown; state?: unknown };
    if (chatId) {
      this.revoke(engagementID);
      this.chat.open(chatId, false);
      // Else `gpe.openChat` follows, unless the server has given the engagement up.
    } else if (status !== 200 || !/^(ENGAGED|ACCEPTED|MEDIA_STARTED)$/.test(String(state))) {
      if (engagementID === this.#invited) this.#card?.showOver();
    }
  }

  #publish(channel: string, data: unknown): void {
    document.dispatchEvent(new CustomEvent('beckon', { detail: { channel, data } }));
    for (const [wanted, subscriber] of this.#subscribers) if (wanted === channel) subscriber(data, channel);
  }
}
