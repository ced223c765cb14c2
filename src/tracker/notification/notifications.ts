/** What the server pushes: the `gpe.` channels are Beckon's own, one row each; all others are the site's. */
import type { InvitationData, NotificationMessage } from '../../model/index.js';
import { createChatLoader, type MountChat } from '../chat/loader.js';
import { debug } from '../debug.js';
import { requestUntilSettled } from '../http.js';
import { keep, kept } from '../session-memory.js';
import type { Settings } from '../settings.js';
import { appendContent } from './append-content.js';
import { paintInvitation, type InvitationCard } from './invitation.js';

export type Subscriber = (data: never, channel: string) => void;

export interface Notifications {
  /** The visit is known: what was left open on an earlier page goes on. */
  start(visitID: string): void;
  /** A pushed message; one for another page than `pageID` is not for us. */
  receive(message: unknown, pageID: string): void;
  /** Push is there again: what was missed is fetched. */
  refresh(): void;
  subscribe(channel: string, subscriber: Subscriber): void;
  /** The chat bundle has arrived. */
  setChatWidget(mount: MountChat): void;
}

type Handler = (data: Record<string, unknown>) => void;

/** Kept until the server has heard it, also by a later page. */
interface PendingAnswer {
  engagementID: string;
  code: string;
  at: number;
}

const answerKey = 'answer';
const answerAgeMsMax = 120_000;

export function createNotifications(settings: Settings, isPushUp: () => boolean): Notifications {
  const subscribers: [channel: string, subscriber: Subscriber][] = [];
  const chat = createChatLoader(settings, isPushUp);
  const words = (key: string, english: string): string => settings.texts?.[key] ?? english;
  let visitID = '';
  let card: InvitationCard | undefined;
  /** The invitation on the screen, or the last one: a repeat of it is the same invitation. */
  let invited: unknown;

  const handlers: Readonly<Record<string, Handler>> = {
    'gpe.invite': (data) => invite(data as unknown as InvitationData),
    'gpe.revoke': ({ engagementID }) => {
      if (engagementID === invited) dismiss();
    },
    'gpe.chat': (data) => chat.update(data),
    'gpe.openChat': ({ chatId }) => {
      dismiss();
      chat.open(chatId, document.hidden);
    },
    'gpe.appendContent': (data) => {
      appendContent(data, settings.endpoint).catch((error: unknown) => {
        debug('content was not appended', error);
      });
    },
  };

  function dismiss(): void {
    card?.remove();
    card = undefined;
  }

  function invite(invitation: InvitationData): void {
    const { engagementID, remainingMs } = invitation;
    if (engagementID === invited || !(remainingMs > 0)) return;
    dismiss();
    invited = engagementID;
    card = paintInvitation(invitation, words, {
      shown: () => void requestUntilSettled(dispositionUrl(engagementID, 'shown'), {}),
      answered: (code) => void answer({ engagementID, code, at: Date.now() }),
    });
  }

  function dispositionUrl(engagementID: string, code: string): string {
    const query = new URLSearchParams({ visitID, engagementID, code });
    return `${settings.endpoint}/server/data/notification/disposition?${query.toString()}`;
  }

  /** Reports until the server has heard it; an accepted chat opens with what it answers. */
  async function answer(given: PendingAnswer): Promise<void> {
    const { engagementID, code, at } = given;
    const isAccepted = code === 'accept';
    keep(answerKey, given);
    if (isAccepted) card?.showWaiting();
    const { status, body } = await requestUntilSettled(
      dispositionUrl(engagementID, code),
      { keepalive: true },
      (each) => (each.status >= 200 && each.status < 500) || Date.now() - at > answerAgeMsMax,
    );
    keep(answerKey, undefined);
    if (!isAccepted || engagementID !== (invited ?? engagementID)) return;
    const { chatId, state } = (body ?? {}) as { chatId?: unknown; state?: unknown };
    if (chatId) {
      dismiss();
      chat.open(chatId, false);
    } else if (status !== 200 || !/^(ENGAGED|ACCEPTED|MEDIA_STARTED)$/.test(String(state))) card?.showOver();
    // Otherwise `gpe.openChat` follows.
  }

  function receive(message: unknown, pageID: string): void {
    const { page, channel, data } = (message ?? {}) as Partial<NotificationMessage>;
    if (typeof channel !== 'string' || (page && page !== pageID)) return;
    debug('received', message);
    try {
      if (!channel.startsWith('gpe.')) publish(channel, data);
      else if (Object.hasOwn(handlers, channel)) handlers[channel]?.((data ?? {}) as Record<string, unknown>);
    } catch (error) {
      debug(`the message on ${channel} could not be handled`, error);
    }
  }

  function publish(channel: string, data: unknown): void {
    document.dispatchEvent(new CustomEvent('beckon', { detail: { channel, data } }));
    for (const [wanted, subscriber] of subscribers)
      if (wanted === channel) subscriber(data as never, channel);
  }

  return {
    start(found) {
      visitID = found;
      const pending = kept(answerKey) as PendingAnswer | undefined;
      if (pending !== undefined && card === undefined) void answer(pending);
      chat.restore();
    },
    receive,
    refresh: () => chat.refresh(),
    subscribe: (channel, subscriber) => subscribers.push([channel, subscriber]),
    setChatWidget: (mount) => chat.mounted(mount),
  };
}
