/** The page: the way in, or the draft and what comes of it. */
import { useEffect, useState } from 'react';
import { LoginForm } from '../../shared/components/index.js';
import { HttpError } from '../../shared/index.js';
import { type DeployedText, useBacktest } from '../session/index.js';
import { DraftForm } from './draft-form.js';
import { failureText, usePage } from './page-context.js';
import { ReportView } from './report-view.js';
import { RunProgress } from './run-progress.js';

type Entry =
  | { kind: 'asking' }
  | { kind: 'login' }
  | { kind: 'in'; packages: readonly DeployedText[] }
  | { kind: 'failed'; message: string };

export function App() {
  const { api, t } = usePage();
  const [entry, setEntry] = useState<Entry>({ kind: 'asking' });
  const [round, setRound] = useState(0);

  useEffect(() => {
    let live = true;
    api.packages().then(
      (packages) => {
        if (live) setEntry({ kind: 'in', packages });
      },
      (error: unknown) => {
        if (!live) return;
        const unknown = error instanceof HttpError && error.status === 401;
        setEntry(unknown ? { kind: 'login' } : { kind: 'failed', message: failureText(error, t) });
      },
    );
    return () => {
      live = false;
    };
  }, [api, t, round]);

  switch (entry.kind) {
    case 'asking':
      return <main className="page-center" aria-busy="true" />;
    case 'login':
      return (
        <LoginForm
          t={t}
          onSubmit={async (user, password) => {
            await api.logIn(user, password);
            setRound(round + 1);
          }}
          explain={(error) => (error.status === 401 ? t('login.wrong') : failureText(error, t))}
        />
      );
    case 'failed':
      return (
        <main className="page-center">
          <p role="alert">{entry.message}</p>
        </main>
      );
    case 'in':
      return <Desk packages={entry.packages} onLoggedOut={() => setEntry({ kind: 'login' })} />;
  }
}

interface DeskProps {
  packages: readonly DeployedText[];
  onLoggedOut: () => void;
}

function Desk({ packages, onLoggedOut }: DeskProps) {
  const { api, push, t } = usePage();
  const backtest = useBacktest(api, push);
  const { state, progress } = backtest;
  const [failure, setFailure] = useState<string | null>(null);

  const attempt = async (work: () => Promise<void>) => {
    setFailure(null);
    try {
      await work();
    } catch (error) {
      if (error instanceof HttpError && error.status === 401) onLoggedOut();
      else setFailure(failureText(error, t));
    }
  };

  return (
    <main className="desk">
      <header>
        <h1>{t('app.name')}</h1>
        <p className="lead">{t('app.lead')}</p>
      </header>
      <DraftForm
        packages={packages}
        running={state?.kind === 'running'}
        onStart={(draft) => void attempt(() => backtest.start(draft))}
        onCancel={() => void attempt(() => backtest.cancel())}
      />
      <p className="failure" role="alert" data-testid="failure">
        {failure ?? (state?.kind === 'failed' ? t('state.failed', { message: state.message }) : '')}
      </p>
      {state?.kind === 'running' && <RunProgress progress={progress} />}
      {state?.kind === 'cancelled' && <p data-testid="cancelled">{t('state.cancelled')}</p>}
      {state?.kind === 'done' && <ReportView report={state.report} />}
    </main>
  );
}
