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
      <PackageChoice packages={packages} onChoose={setText} />
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
        <Moment label={t('form.since')} testId="since" value={since} onChange={setSince} />
        <Moment label={t('form.until')} testId="until" value={until} onChange={setUntil} />
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

interface PackageChoiceProps {
  packages: readonly DeployedText[];
  /** Given the text to start from. */
  onChoose: (text: string) => void;
}

function PackageChoice({ packages, onChoose }: PackageChoiceProps) {
  const { t } = usePage();
  const id = useId();
  return (
    <>
      <label htmlFor={id}>{t('form.load')}</label>
      <select
        id={id}
        className="input"
        data-testid="load"
        onChange={({ target }) => onChoose(packages[Number(target.value)]?.text ?? '')}
      >
        {packages.map(({ package: name, version }, index) => (
          <option key={name} value={index}>
            {name} ({version})
          </option>
        ))}
        <option value={-1}>{t('form.loadNone')}</option>
      </select>
    </>
  );
}

interface MomentProps {
  label: string;
  testId: string;
  value: string;
  onChange: (value: string) => void;
}

function Moment({ label, testId, value, onChange }: MomentProps) {
  return (
    <label>
      {label}{' '}
      <input
        type="datetime-local"
        className="input"
        data-testid={testId}
        value={value}
        onChange={({ target }) => onChange(target.value)}
      />
    </label>
  );
}

/** `2026-03-01T08:15` of the reader's clock, as the browser's own field wants it. */
function localMinutes(ms: number): string {
  const offsetMs = new Date(ms).getTimezoneOffset() * 60_000;
  return new Date(ms - offsetMs).toISOString().slice(0, 16);
}
