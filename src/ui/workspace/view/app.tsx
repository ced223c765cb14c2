/** Which page the session's phase asks for. */
import { ErrorState, Skeleton } from '../../shared/components/index.js';
import { DeskPage } from './desk-page.js';
import { LoginPage } from './login-page.js';
import { useSession, useWorkspace } from './workspace-context.js';

export function App() {
  const { session, t } = useWorkspace();
  const phase = useSession((view) => view.phase);
  switch (phase.kind) {
    case 'starting':
      return (
        <main className="page-center">
          <h1 className="visually-hidden">{t('app.name')}</h1>
          <Skeleton label={t('app.loading')} lineCount={4} />
        </main>
      );
    case 'failed': {
      const { requestId } = phase.error;
      return (
        <main className="page-center">
          <h1 className="visually-hidden">{t('app.name')}</h1>
          <ErrorState
            title={t('error.state')}
            advice={t(phase.error.status === 0 ? 'login.unreachable' : 'error.stateAdvice')}
            request={requestId === null ? null : t('error.request', { id: requestId })}
            retryLabel={t('error.retry')}
            onRetry={() => session.start()}
          />
        </main>
      );
    }
    case 'signedOut':
      return <LoginPage expired={phase.expired} />;
    case 'open':
      return <DeskPage />;
  }
}
