/** One chat: its transcript, and below it the place to write, or the word that it is over. */
import { useEffect, useState } from 'react';
import { Button, ConfirmDialog, Icon } from '../../shared/components/index.js';
import { isOver, lastOffset, type OpenedChat } from '../model/index.js';
import { Composer } from './composer.js';
import { Transcript } from './transcript.js';
import { useAttention } from './use-attention.js';
import { useVisitorName } from './use-visitor-name.js';
import { useWorkspace } from './workspace-context.js';

interface ConversationProps {
  chat: OpenedChat;
  /** Whether this pane is the one in sight on a small screen. */
  inSight: boolean;
  draft: string;
  onDraft: (text: string) => void;
  onBack: () => void;
  onShowVisitor: () => void;
  onClose: () => void;
}

export function Conversation(props: ConversationProps) {
  const { chat, inSight, onBack, onShowVisitor } = props;
  const { session, t } = useWorkspace();
  const name = useVisitorName(chat);
  const [asking, setAsking] = useState(false);
  const attention = useAttention();
  const newest = lastOffset(chat);
  const over = isOver(chat);
  useEffect(() => {
    if (attention && inSight && newest >= 0) session.markSeen(chat.chatId);
  }, [attention, inSight, newest, session, chat.chatId]);

  return (
    <section className="conversation" aria-label={`${t('conversation.region')}: ${name}`}>
      <div className="pane-head">
        <Button
          weight="quiet"
          className="in-one-pane"
          aria-label={t('conversation.back')}
          onPress={onBack}
          data-testid="back-to-list"
        >
          <Icon name="back" />
        </Button>
        <h2 className="pane-title">{name}</h2>
        <Button className="in-two-panes" onPress={onShowVisitor} data-testid="show-visitor">
          <Icon name="person" />
          {t('conversation.showVisitor')}
        </Button>
        {!over && (
          <Button onPress={() => setAsking(true)} data-testid="chat-end">
            {t('conversation.end')}
          </Button>
        )}
      </div>
      <Transcript key={chat.chatId} chat={chat} />
      {over ? <EndedBar {...props} /> : <Composer {...props} key={`composer-${chat.chatId}`} />}
      <ConfirmDialog
        open={asking && !over}
        title={t('conversation.endTitle')}
        body={t('conversation.endBody')}
        confirmLabel={t('conversation.endConfirm')}
        cancelLabel={t('conversation.cancel')}
        onConfirm={() => void session.endChat(chat.chatId)}
        onClose={() => setAsking(false)}
      />
    </section>
  );
}

function EndedBar({ chat, onClose }: ConversationProps) {
  const { t } = useWorkspace();
  const reason = chat.entries.findLast((entry) => entry.kind === 'ended')?.reason;
  return (
    <div className="ended-bar" data-testid="chat-ended" role="status">
      <p>
        <strong>{t(reason === undefined ? 'conversation.ended' : `conversation.${reason}`)}</strong>{' '}
        {t('conversation.endedHint')}
      </p>
      <Button weight="primary" onPress={onClose} data-testid="chat-close-button">
        {t('chats.close')}
      </Button>
    </div>
  );
}
