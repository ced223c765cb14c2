/** The agent's chats, each with who it is, the last line and what is unread. */
import { memo } from 'react';
import { Button, EmptyState, Icon } from '../../shared/components/index.js';
import { isOver, unreadCount, type OpenedChat } from '../model/index.js';
import { useVisitorName } from './use-visitor-name.js';
import { useSession, useWorkspace } from './workspace-context.js';

interface ChatListProps {
  chats: readonly OpenedChat[];
  chosenId: string | null;
  onChoose: (chatId: string) => void;
  onClose: (chatId: string) => void;
}

export function ChatList({ chats, chosenId, onChoose, onClose }: ChatListProps) {
  const { t } = useWorkspace();
  const agent = useSession((view) => view.desk.agent);
  const open = chats.filter((chat) => !isOver(chat)).length;
  const ready = agent?.readiness === 'ready';
  return (
    <nav className="chats" aria-labelledby="chats-title">
      <h2 id="chats-title" className="section-title">
        {t('chats.title')}
        <span className="section-count">
          {t('chats.count', { count: open, capacity: agent?.capacity ?? 0 })}
        </span>
      </h2>
      {chats.length === 0 ? (
        <EmptyState title={t(ready ? 'chats.emptyReady' : 'chats.emptyNotReady')}>
          {t(ready ? 'chats.emptyReadyAdvice' : 'chats.emptyNotReadyAdvice')}
        </EmptyState>
      ) : (
        <ul className="chat-list">
          {chats.map((chat) => (
            <ChatListItem
              key={chat.chatId}
              chat={chat}
              chosen={chat.chatId === chosenId}
              onChoose={onChoose}
              onClose={onClose}
            />
          ))}
        </ul>
      )}
    </nav>
  );
}

interface ChatListItemProps {
  chat: OpenedChat;
  chosen: boolean;
  onChoose: (chatId: string) => void;
  onClose: (chatId: string) => void;
}

const ChatListItem = memo(function ChatListItem({ chat, chosen, onChoose, onClose }: ChatListItemProps) {
  const { t, formats } = useWorkspace();
  const name = useVisitorName(chat);
  const unread = unreadCount(chat);
  const last = chat.entries.findLast((entry) => entry.kind === 'message');
  const over = isOver(chat);
  const at = last?.at ?? chat.opening.startDate;
  return (
    <li
      className="chat-row"
      data-testid="chat-list-item"
      data-chat-id={chat.chatId}
      data-over={over || undefined}
    >
      <Button weight="quiet" aria-current={chosen} onPress={() => onChoose(chat.chatId)}>
        <span className="chat-row-name">{name}</span>
        <time className="chat-row-time" dateTime={new Date(at).toISOString()}>
          {formats.moment(at, Date.now())}
        </time>
        <span className="chat-row-text">{useLastLine(chat)}</span>
        {unread > 0 && (
          <span className="badge" data-testid="unread">
            <span aria-hidden="true">{unread}</span>
            <span className="visually-hidden">{t('chats.unread', { count: unread })}</span>
          </span>
        )}
      </Button>
      {over && (
        <Button
          weight="quiet"
          aria-label={`${t('chats.close')}: ${name}`}
          onPress={() => onClose(chat.chatId)}
          data-testid="chat-close"
        >
          <Icon name="close" />
        </Button>
      )}
    </li>
  );
});

function useLastLine(chat: OpenedChat): string {
  const { t } = useWorkspace();
  if (isOver(chat)) return t('chats.ended');
  if (chat.typing) return t('chats.typing');
  const sent = chat.outbox.at(-1);
  if (sent !== undefined) return t('chats.you', { text: sent.text });
  const last = chat.entries.findLast((entry) => entry.kind === 'message');
  if (last === undefined) return t('chats.noMessages');
  return last.by === 'agent' ? t('chats.you', { text: last.text ?? '' }) : (last.text ?? '');
}
