/**
 * Calls the agent back: the title counts what waits, an offer rings, and a hidden page sends notifications.
 */
import { useEffect, useRef } from 'react';
import { ringingOffers, unreadCount, waitingCount, type Desk } from '../model/index.js';
import { notify, playTone, withdraw, type AlertSettings } from './alerts.js';
import { useAttention } from './use-attention.js';
import { useWorkspace } from './workspace-context.js';

const ringEveryMs = 3_000;

export function useAlerts(desk: Desk, settings: AlertSettings, choose: (chatId: string) => void): void {
  useTitleCount(desk);
  useRinging(desk, settings, choose);
  useMessageAlerts(desk, settings, choose);
}

function useTitleCount(desk: Desk): void {
  const { t } = useWorkspace();
  const count = waitingCount(desk);
  const name = t('app.name');
  useEffect(() => {
    document.title = count === 0 ? name : `(${count}) ${name}`;
  }, [count, name]);
  useEffect(
    () => () => {
      document.title = name;
    },
    [name],
  );
}

function useRinging(desk: Desk, settings: AlertSettings, choose: (chatId: string) => void): void {
  const { t } = useWorkspace();
  const attention = useAttention();
  const ringing = Object.keys(desk.offers).length > 0;
  useEffect(() => {
    if (!ringing || !settings.sound) return;
    playTone('offer');
    const timer = setInterval(() => playTone('offer'), ringEveryMs);
    return () => clearInterval(timer);
  }, [ringing, settings.sound]);

  const notified = useRef(new Set<string>());
  useEffect(() => {
    const offers = ringingOffers(desk.offers);
    const present = new Set(offers.map((offer) => offer.chatId));
    for (const chatId of notified.current) {
      if (present.has(chatId)) continue;
      withdraw(`offer-${chatId}`);
      notified.current.delete(chatId);
    }
    for (const { chatId, rule } of offers) {
      if (notified.current.has(chatId)) continue;
      notified.current.add(chatId);
      if (attention || !settings.notifications) continue;
      notify(`offer-${chatId}`, t('offers.notification'), `${t('offers.rule')}: ${rule}`, () =>
        choose(chatId),
      );
    }
  }, [desk, attention, settings.notifications, t, choose]);
}

function useMessageAlerts(desk: Desk, settings: AlertSettings, choose: (chatId: string) => void): void {
  const { t } = useWorkspace();
  const attention = useAttention();
  const counted = useRef<Map<string, number> | null>(null);
  useEffect(() => {
    const counts = new Map(Object.values(desk.chats).map((chat) => [chat.chatId, unreadCount(chat)]));
    const before = counted.current;
    counted.current = counts;
    // What was unread when the page opened is counted, not announced.
    if (before === null) return;
    for (const [chatId, count] of counts) {
      if (count <= (before.get(chatId) ?? 0)) {
        if (count === 0) withdraw(`chat-${chatId}`);
        continue;
      }
      if (settings.sound) playTone('message');
      if (attention || !settings.notifications) continue;
      notify(`chat-${chatId}`, t('app.name'), t('chats.unread', { count }), () => choose(chatId));
    }
  }, [desk, attention, settings, t, choose]);
}
