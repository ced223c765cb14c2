/**
 * Where the agent writes. Enter sends, Shift+Enter breaks the line, and a text over the limit cannot be sent.
 */
import { type KeyboardEvent, useEffect, useRef } from 'react';
import { TextArea, TextField } from 'react-aria-components';
import { chatLimits } from '../../../model/index.js';
import { Button } from '../../shared/components/index.js';
import type { OpenedChat } from '../model/index.js';
import { useWorkspace } from './workspace-context.js';

interface ComposerProps {
  chat: OpenedChat;
  inSight: boolean;
  draft: string;
  onDraft: (text: string) => void;
}

/** From this length on the count is always shown. */
const countFrom = chatLimits.textLengthMax * 0.8;

export function Composer({ chat, inSight, draft, onDraft }: ComposerProps) {
  const { session, t } = useWorkspace();
  const { chatId } = chat;
  const area = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    // On a phone the keyboard would cover the transcript that one came to read.
    if (inSight && window.matchMedia('(hover: hover)').matches) area.current?.focus();
  }, [inSight]);

  const text = draft.trim();
  const leftCount = chatLimits.textLengthMax - text.length;
  const sendable = text !== '' && leftCount >= 0;
  const send = () => {
    if (!sendable) return;
    session.sendMessage(chatId, text);
    onDraft('');
    area.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    // While an input method composes a word, Enter belongs to it.
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    send();
  };
  const change = (value: string) => {
    onDraft(value);
    session.typed(chatId, value);
  };

  return (
    <div className="composer">
      <TextField aria-label={t('composer.label')} value={draft} onChange={change} isInvalid={leftCount < 0}>
        <TextArea
          ref={area}
          className="input composer-input"
          rows={2}
          placeholder={t('composer.placeholder')}
          aria-describedby="composer-hint composer-count"
          onKeyDown={onKeyDown}
          data-testid="chat-input"
        />
      </TextField>
      <Button weight="primary" isDisabled={!sendable} onPress={send} data-testid="chat-send">
        {t('composer.send')}
      </Button>
      <p className="composer-foot">
        <span id="composer-hint">{t('composer.hint')}</span>
        <span
          id="composer-count"
          className={leftCount < 0 ? 'wrong' : undefined}
          role={text.length >= countFrom ? 'status' : undefined}
          data-testid="chat-count"
        >
          {leftCount < 0
            ? t('composer.over', { count: -leftCount })
            : t('composer.left', { count: leftCount })}
        </span>
      </p>
    </div>
  );
}
