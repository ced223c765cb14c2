/** The desk: list, conversation and visitor side by side, or one at a time where the screen is small. */
import { useCallback, useState } from 'react';
import { EmptyState, Skeleton } from '../../shared/components/index.js';
import { openedChats } from '../model/index.js';
import { readAlertSettings } from './alerts.js';
import { ChatList } from './chat-list.js';
import { Conversation } from './conversation.js';
import { Header } from './header.js';
import { Notices } from './notices.js';
import { Offers } from './offers.js';
import { useAlerts } from './use-alerts.js';
import { useColumns } from './use-columns.js';
import { usePlace } from './use-place.js';
import { VisitorPanel } from './visitor-panel.js';
import { useSession, useWorkspace } from './workspace-context.js';

export function DeskPage() {
  const { session } = useWorkspace();
  const desk = useSession((view) => view.desk);
  const [place, go] = usePlace();
  const [settings, setSettings] = useState(readAlertSettings);
  /** What is written but not sent, by chat, so that changing chats keeps it. */
  const [drafts, setDrafts] = useState<Readonly<Record<string, string>>>({});
  /** Accepted, and perhaps not opened yet. */
  const [acceptedId, setAcceptedId] = useState<string | null>(null);
  const choose = useCallback((chatId: string) => go({ chatId, pane: 'conversation' }), [go]);
  useAlerts(desk, settings, choose);

  const chats = openedChats(desk);
  const chosen = chats.find((chat) => chat.chatId === place.chatId);
  const pane = chosen === undefined ? 'list' : place.pane;
  const columns = useColumns();
  const inSight = columns === 3 || pane === 'conversation' || (columns === 2 && pane === 'list');
  const accept = useCallback(
    (chatId: string) => {
      setAcceptedId(chatId);
      choose(chatId);
    },
    [choose],
  );
  const close = useCallback(
    (chatId: string) => {
      session.closeChat(chatId);
      setDrafts(({ [chatId]: _dropped, ...rest }) => rest);
      if (chatId === place.chatId) go({ chatId: null, pane: 'list' });
    },
    [session, go, place.chatId],
  );

  return (
    <div className="desk" data-pane={pane}>
      <Header settings={settings} onSettings={setSettings} />
      <Notices />
      <main className="panes">
        <div className="pane-list">
          <Offers onAccepted={accept} />
          <ChatList chats={chats} chosenId={chosen?.chatId ?? null} onChoose={choose} onClose={close} />
        </div>
        <div className="pane-conversation">
          {chosen === undefined ? (
            <NoConversation isOpening={place.chatId !== null && place.chatId === acceptedId} />
          ) : (
            <Conversation
              chat={chosen}
              inSight={inSight}
              draft={drafts[chosen.chatId] ?? ''}
              onDraft={(text) => setDrafts({ ...drafts, [chosen.chatId]: text })}
              onBack={() => go({ chatId: chosen.chatId, pane: 'list' })}
              onShowVisitor={() => go({ chatId: chosen.chatId, pane: 'visitor' })}
              onClose={() => close(chosen.chatId)}
            />
          )}
        </div>
        <div className="pane-visitor">
          <VisitorPanel
            chat={chosen}
            onBack={() => go({ chatId: chosen?.chatId ?? null, pane: 'conversation' })}
          />
        </div>
      </main>
    </div>
  );
}

/** The pane without a chat: one was just accepted and is on its way, or none is chosen. */
function NoConversation({ isOpening }: { isOpening: boolean }) {
  const { t } = useWorkspace();
  if (isOpening) return <Skeleton label={t('app.loading')} />;
  return <EmptyState title={t('conversation.none')}>{t('conversation.noneAdvice')}</EmptyState>;
}
