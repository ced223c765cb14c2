/** The page: the way in, or the cluster as it is now. */
import { useEffect, useState } from 'react';
import type { ClusterPicture } from '../../../model/index.js';
import { EmptyState, LoginForm, Skeleton } from '../../shared/components/index.js';
import { HttpError } from '../../shared/index.js';
import { Board } from './board.js';
import { failureText, usePage } from './page-context.js';

type Entry =
  | { kind: 'asking' }
  | { kind: 'login' }
  | { kind: 'in'; picture: ClusterPicture }
  | { kind: 'forbidden' }
  | { kind: 'alone' }
  | { kind: 'failed'; message: string };

const entryOf: Partial<Record<number, Entry>> = {
  401: { kind: 'login' },
  403: { kind: 'forbidden' },
  404: { kind: 'alone' },
};

export function App() {
  const { api, t } = usePage();
  const [entry, setEntry] = useState<Entry>({ kind: 'asking' });
  const [round, setRound] = useState(0);

  useEffect(() => {
    let live = true;
    api.picture().then(
      (picture) => {
        if (live) setEntry({ kind: 'in', picture });
      },
      (error: unknown) => {
        if (!live) return;
        const known = error instanceof HttpError ? entryOf[error.status] : undefined;
        setEntry(known ?? { kind: 'failed', message: failureText(error, t) });
      },
    );
    return () => {
      live = false;
    };
  }, [api, t, round]);

  const logIn = (
    <LoginForm
      t={t}
      notice={entry.kind === 'forbidden' ? t('login.forbidden') : ''}
      onSubmit={async (user, password) => {
        await api.logIn(user, password);
        setRound(round + 1);
      }}
      explain={(error) => (error.status === 401 ? t('login.wrong') : failureText(error, t))}
    />
  );
  switch (entry.kind) {
    case 'asking':
      return (
        <main className="page-center">
          <Skeleton label={t('app.loading')} />
        </main>
      );
    case 'login':
      return logIn;
    case 'forbidden':
      return <div key="forbidden">{logIn}</div>;
    case 'alone':
      return (
        <main className="page-center">
          <EmptyState title={t('alone.title')}>{t('alone.text')}</EmptyState>
        </main>
      );
    case 'failed':
      return (
        <main className="page-center">
          <p role="alert">{entry.message}</p>
        </main>
      );
    case 'in':
      return <Board first={entry.picture} onLoggedOut={() => setEntry({ kind: 'login' })} />;
  }
}
