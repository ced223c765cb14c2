/** Ringing chats: what the visitor does, how long it still rings, and the two answers. */
import { memo, useEffect } from 'react';
import type { OfferView } from '../../../model/index.js';
import { Button, useNow } from '../../shared/components/index.js';
import { currentPage, ringingOffers } from '../model/index.js';
import { useVisit } from './use-visit.js';
import { useSession, useWorkspace } from './workspace-context.js';

interface OffersProps {
  /** The chat was accepted, and should be shown. */
  onAccepted: (chatId: string) => void;
}

export const Offers = memo(function Offers({ onAccepted }: OffersProps) {
  const { session, t } = useWorkspace();
  const ringing = useSession((view) => view.desk.offers);
  const answering = useSession((view) => view.answering);
  const offers = ringingOffers(ringing);
  const first = offers[0];

  const answer = async (chatId: string, given: 'accept' | 'decline') => {
    if ((await session.answerOffer(chatId, given)) && given === 'accept') onAccepted(chatId);
  };
  useShortcuts(first?.chatId, (chatId, given) => void answer(chatId, given));

  return (
    <>
      <div className="visually-hidden" role="alert">
        {first !== undefined && `${t('offers.announce', { rule: first.rule })}. ${t('offers.shortcuts')}`}
      </div>
      {offers.length > 0 && (
        <section className="offers" aria-labelledby="offers-title">
          <h2 id="offers-title" className="section-title">
            {t('offers.title')}
          </h2>
          {offers.map((offer) => (
            <OfferCard
              key={offer.chatId}
              offer={offer}
              pending={answering.includes(offer.chatId)}
              onAnswer={(given) => void answer(offer.chatId, given)}
            />
          ))}
        </section>
      )}
    </>
  );
});

/**
 * Alt+Shift+A and Alt+Shift+D from wherever the agent works; by key position, because Alt changes the letter.
 */
function useShortcuts(
  chatId: string | undefined,
  answer: (chatId: string, given: 'accept' | 'decline') => void,
) {
  useEffect(() => {
    if (chatId === undefined) return;
    const press = (event: KeyboardEvent) => {
      if (!event.altKey || !event.shiftKey || event.ctrlKey || event.metaKey || event.repeat) return;
      if (event.code !== 'KeyA' && event.code !== 'KeyD') return;
      event.preventDefault();
      answer(chatId, event.code === 'KeyA' ? 'accept' : 'decline');
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, [chatId, answer]);
}

interface OfferCardProps {
  offer: OfferView;
  pending: boolean;
  onAnswer: (given: 'accept' | 'decline') => void;
}

function OfferCard({ offer, pending, onAnswer }: OfferCardProps) {
  const { t, formats } = useWorkspace();
  const clockOffsetMs = useSession((view) => view.clockOffsetMs);
  const { activity } = useVisit(offer.chatId, offer.visitId);
  const page = activity === undefined ? undefined : currentPage(activity);
  const ringMs = Math.max(1, offer.expiresAt - offer.offeredAt);
  const leftMs = Math.min(ringMs, Math.max(0, offer.expiresAt - useNow(250) - clockOffsetMs));
  return (
    <article className="offer" data-testid="offer" data-chat-id={offer.chatId} aria-busy={pending}>
      <dl className="facts">
        <dt>{t('offers.rule')}</dt>
        <dd className="offer-rule">{offer.rule}</dd>
        <dt>{t('offers.page')}</dt>
        <dd className="offer-page">
          {page === undefined ? (
            <span className="muted">{t('offers.pageUnknown')}</span>
          ) : (
            page.title || page.url
          )}
        </dd>
      </dl>
      <progress className="offer-progress" max={ringMs} value={leftMs} aria-hidden="true" />
      <div className="offer-buttons">
        <span className="offer-left">{t('offers.left', { seconds: formats.seconds(leftMs) })}</span>
        <Button onPress={() => onAnswer('decline')} data-testid="offer-decline">
          {t('offers.decline')}
        </Button>
        <Button
          weight="primary"

          onPress={() => onAnswer('accept')}
          data-testid="offer-accept"
        >
          {t('offers.accept')}
        </Button>
      </div>
    </article>
  );
}
