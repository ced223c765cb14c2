/** The way in, with an agent's name and password. */
import { type SyntheticEvent, useState } from 'react';
import { Form } from 'react-aria-components';
import { Button, Field } from '../../shared/components/index.js';
import { HttpError } from '../../shared/index.js';
import { failureText, usePage } from './page-context.js';

export function LoginForm({ onLogin }: { onLogin: () => void }) {
  const { api, t } = usePage();
  const [user, setUser] = useState('');
  const [password, setPassword] = useState('');
  const [pending, setPending] = useState(false);
  const [failure, setFailure] = useState('');

  const submit = async (event: SyntheticEvent) => {
    event.preventDefault();
    if (pending) return;
    setPending(true);
    setFailure('');
    try {
      await api.logIn(user, password);
      onLogin();
    } catch (error) {
      setPassword('');
      const wrong = error instanceof HttpError && error.status === 401;
      setFailure(wrong ? t('login.wrong') : failureText(error, t));
    } finally {
      setPending(false);
    }
  };

  return (
    <main className="page-center">
      <Form className="login" onSubmit={(event) => void submit(event)}>
        <h1>{t('app.name')}</h1>
        <p className="lead">{t('login.lead')}</p>
        <p className="failure" role="alert">
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
          {t('login.submit')}
        </Button>
      </Form>
    </main>
  );
}
