/**
 * The lines of a chat as a log that screen readers follow. It stays at its end unless the agent has scrolled
 * up.
 */
import { memo, useLayoutEffect, useRef, useState } from 'react';
import type { ChatEntry } from '../../../model/index.js';
import { Button } from '../../shared/components/index.js';
import { isOver, textPieces, type OpenedChat, type OutgoingMessage } from '../model/index.js';
import { useWorkspace } from './workspace-context.js';

/** Within this distance of the end, in pixels, the agent is taken to read the newest line. */
const nearEndPx = 80;

export function Transcript({ chat }: { chat: OpenedChat }) {
  const { t } = useWorkspace();
  const box = useRef<HTMLDivElement>(null);
  const [atEnd, setAtEnd] = useState(true);
  const lineCount = chat.entries.length + chat.outbox.length;
  const toEnd = () => box.current?.scrollTo({ top: box.current.scrollHeight });
  useLayoutEffect(() => {
    if (atEnd) toEnd();
  }, [lineCount, chat.typing, atEnd]);
  const onScroll = () => {
    if (box.current === null) return;
    const { scrollHeight, scrollTop, clientHeight } = box.current;
    setAtEnd(scrollHeight - scrollTop - clientHeight < nearEndPx);
  };

  return (
    <div className="transcript-frame">
      <div
        className="transcript"
        ref={box}
        onScroll={onScroll}
        role="log"
        aria-live="polite"
        aria-relevant="additions"
        aria-label={t('conversation.transcript')}
        tabIndex={0}
        data-testid="transcript"
      >
        {lineCount === 0 && <p className="transcript-note">{t('conversation.start')}</p>}
        {chat.entries.map((entry) => (
          <Entry key={entry.offset} entry={entry} />
        ))}
        {chat.outbox.map((message) => (
          <Outgoing key={message.messageId} chat={chat} message={message} />
        ))}
      </div>
      {!atEnd && (
        <div className="transcript-newest">
          <Button onPress={toEnd}>{t('conversation.newest')}</Button>
        </div>
      )}
      <p className="typing" role="status" data-testid="visitor-typing">
        {chat.typing && t('conversation.typing')}
      </p>
    </div>
  );
}

const Entry = memo(function Entry({ entry }: { entry: ChatEntry }) {
  const { t, formats } = useWorkspace();
  const note = useNote(entry);
  const at = (
    <time dateTime={new Date(entry.at).toISOString()} title={formats.exactly(entry.at)}>
      {formats.moment(entry.at, Date.now())}
    </time>
  );
  const data = {
    'data-testid': 'chat-entry',
    'data-by': entry.by,
    'data-kind': entry.kind,
    'data-offset': entry.offset,
  };
  if (note !== null) {
    return (
      <p className="transcript-note" {...data}>
        {note} {at}
      </p>
    );
  }
  return (
    <article className={`bubble bubble-${entry.by}`} {...data}>
      <p className="bubble-head">
        <span>{senderOf(entry, t)}</span> {at}
      </p>
      <MessageText text={entry.text ?? ''} />
    </article>
  );
});

function senderOf(entry: ChatEntry, t: ReturnType<typeof useWorkspace>['t']): string {
  if (entry.by === 'visitor') return t('conversation.theVisitor');
  return entry.name ?? t(entry.by === 'agent' ? 'conversation.you' : 'conversation.system');
}

/** The words for an entry that is not a message. */
function useNote(entry: ChatEntry): string | null {
  const { t } = useWorkspace();
  const who =
    entry.by === 'visitor' ? t('conversation.theVisitor') : (entry.name ?? t('conversation.anAgent'));
  switch (entry.kind) {
    case 'message':
      return null;
    case 'joined':
      return t('conversation.joined', { name: who });
    case 'left':
      return t('conversation.left', { name: who });
    case 'ended':
      return t(entry.reason === undefined ? 'conversation.ended' : `conversation.${entry.reason}`);
  }
}

function Outgoing({ chat, message }: { chat: OpenedChat; message: OutgoingMessage }) {
  const { session, t } = useWorkspace();
  const { chatId } = chat;
  const { messageId, delivery } = message;
  return (
    <article
      className="bubble bubble-agent"
      data-testid="chat-entry"
      data-by="agent"
      data-kind="message"
      data-delivery={delivery.kind}
    >
      <p className="bubble-head">
        <span>{t('conversation.you')}</span>{' '}
        {delivery.kind === 'refused' ? (
          <span className="wrong">{t('delivery.refused')}</span>
        ) : (
          <span>{t('delivery.sending')}</span>
        )}
      </p>
      <MessageText text={message.text} />
      {delivery.kind === 'refused' && (
        <p className="bubble-buttons">
          {!isOver(chat) && (
            <Button onPress={() => session.retryMessage(chatId, messageId)}>{t('delivery.retry')}</Button>
          )}
          <Button onPress={() => session.discardMessage(chatId, messageId)}>{t('delivery.discard')}</Button>
        </p>
      )}
    </article>
  );
}

function MessageText({ text }: { text: string }) {
  return (
    <p className="bubble-text">
      {textPieces(text).map((piece, index) =>
        piece.kind === 'text' ? (
          piece.text
        ) : (
          <a key={index} href={piece.href} target="_blank" rel="noopener noreferrer nofollow">
            {piece.text}
          </a>
        ),
      )}
    </p>
  );
}
