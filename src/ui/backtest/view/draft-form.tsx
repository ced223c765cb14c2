/** The draft, and the span of visits to replay it over. */
import { type SyntheticEvent, useId, useState } from 'react';
import { Button } from '../../shared/components/index.js';
import type { DeployedText, Draft } from '../session/index.js';
import { usePage } from './page-context.js';

export interface DraftFormProps {
  packages: readonly DeployedText[];
  running: boolean;
  onStart: (draft: Draft) => void;
  onCancel: () => void;
}

const dayMs = 24 * 3_600_000;
const textLengthMax = 1_000_000;

export function DraftForm({ packages, running, onStart, onCancel }: DraftFormProps) {
  const { t } = usePage();
  const id = useId();
  const [text, setText] = useState(packages[0]?.text ?? '');
  const [since, setSince] = useState(() => localMinutes(Date.now() - 7 * dayMs));
  const [until, setUntil] = useState(() => localMinutes(Date.now() + 60_000));
  const [wrong, setWrong] = useState<string | null>(null);

  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (running) return;
    const [sinceMs, untilMs] = [Date.parse(since), Date.parse(until)];
    if (text.trim() === '') setWrong(t('form.draftRequired'));
    else if (!(sinceMs < untilMs)) setWrong(t('form.spanWrong'));
    else {
      setWrong(null);
      onStart({ text, sinceMs, untilMs });
    }
  };

  return (
    <form className="draft" onSubmit={submit} noValidate>
      <label htmlFor={`${id}load`}>{t('form.load')}</label>
      <select
        id={`${id}load`}
        className="input"
        data-testid="load"
        onChange={({ target }) => setText(packages[Number(target.value)]?.text ?? '')}
      >
        {packages.map(({ package: name, version }, index) => (
          <option key={name} value={index}>
            {name} ({version})
          </option>
        ))}
        <option value={-1}>{t('form.loadNone')}</option>
      </select>
      <label htmlFor={`${id}draft`}>{t('form.draft')}</label>
      <textarea
        id={`${id}draft`}
        className="input draft-text"
        data-testid="draft"
        rows={16}
        spellCheck={false}
        maxLength={textLengthMax}
        value={text}
        onChange={({ target }) => setText(target.value)}
      />
      <div className="span">
        <label>
          {t('form.since')}{' '}
          <input
            type="datetime-local"
            className="input"
            data-testid="since"
            value={since}
            onChange={({ target }) => setSince(target.value)}
          />
        </label>
        <label>
          {t('form.until')}{' '}
          <input
            type="datetime-local"
            className="input"
            data-testid="until"
            value={until}
            onChange={({ target }) => setUntil(target.value)}
          />
        </label>
        {running ? (
          <Button onPress={onCancel} data-testid="cancel">
            {t('form.cancel')}
          </Button>
        ) : (
          <Button type="submit" weight="primary" data-testid="start">
            {t('form.start')}
          </Button>
        )}
      </div>
      {wrong !== null && (
        <p className="failure" role="alert" data-testid="wrong">
          {wrong}
        </p>
      )}
    </form>
  );
}

/** `2026-03-01T08:15` of the reader's clock, as the browser's own field wants it. */
function localMinutes(ms: number): string {
  const offsetMs = new Date(ms).getTimezoneOffset() * 60_000;
  return new Date(ms - offsetMs).toISOString().slice(0, 16);
}
