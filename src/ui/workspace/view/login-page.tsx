/** The way in: user name and password, and a clear word when it does not open. */
import { type SyntheticEvent, useState } from 'react';
import { Form } from 'react-aria-components';
import { Button, Field } from '../../shared/components/index.js';
import { HttpError } from '../../shared/index.js';
import { useWorkspace, type WorkspaceTools } from './workspace-context.js';

export function LoginPage({ expired }: { expired: boolean }) {
  const { session, t, formats } = useWorkspace();
  const [user, setUser] = useState('');
  const [password, setPassword] = useState('');
  const [pending, setPending] = useState(false);
  const [failure, setFailure] = useState(expired ? t('login.expired') : null);

  const submit = async (event: SyntheticEvent) => {
    event.preventDefault();
    if (pending) return;
    setPending(true);
    setFailure(null);
    try {
      await session.login(user, password);
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
      setPassword('');
      setFailure(failureText(error, t, formats));
    } finally {
      setPending(false);
    }
  };

  return (
    <main className="page-center">
      <Form className="login" onSubmit={(event) => void submit(event)}>
        <h1>{t('app.name')}</h1>
        <p className="login-lead">{t('login.lead')}</p>
        <p className="login-failure" role="alert">
          {failure}
        </p>
        <Field
          label={t('login.user')}
          name="user"
          autoComplete="username"
          autoFocus
          value={user}
          onChange={setUser}
          requiredMessage={t('login.required')}
          testId="login-user"
        />
        <Field
          label={t('login.password')}
          name="password"
          type="password"
          autoComplete="current-password"
          value={password}
          onChange={setPassword}
          requiredMessage={t('login.required')}
          testId="login-password"
        />
        <Button type="submit" weight="primary" data-testid="login-submit">
          {t(pending ? 'login.submitting' : 'login.submit')}
        </Button>
      </Form>
    </main>
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
