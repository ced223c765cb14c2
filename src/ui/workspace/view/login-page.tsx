/** The way in to the workspace, also for an agent whose session has ended. */
import { LoginForm } from '../../shared/components/index.js';
import type { HttpError } from '../../shared/index.js';
import { useWorkspace, type WorkspaceTools } from './workspace-context.js';

export function LoginPage({ expired }: { expired: boolean }) {
  const { session, t, formats } = useWorkspace();
  return (
    <LoginForm
      t={t}
      notice={expired ? t('login.expired') : ''}
      onSubmit={(user, password) => session.login(user, password)}
      explain={(error) => failureText(error, t, formats)}
    />
  );
}

function failureText(error: HttpError, t: WorkspaceTools['t'], formats: WorkspaceTools['formats']): string {
  if (error.status === 401) return t('login.wrong');
  if (error.status === 0) return t('login.unreachable');
  const request = error.requestId === null ? '' : ` (${t('error.request', { id: error.requestId })})`;
  if (error.status !== 429) return t('login.failed') + request;
  if (error.retryAfterMs === null) return t('login.tooOftenUnknown');
  return t('login.tooOften', { wait: formats.duration(error.retryAfterMs) });
}
