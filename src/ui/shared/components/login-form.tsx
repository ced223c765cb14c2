/** The way in to an office page: user name and password, and a clear word when it does not open. */
import { type SyntheticEvent, useState } from 'react';
import { Form } from 'react-aria-components';
import { HttpError } from '../http.js';
import type { Translate } from '../locale.js';
import { Button } from './button.js';
import { Field } from './field.js';

export type LoginText =
  | 'app.name'
  | 'login.lead'
  | 'login.user'
  | 'login.password'
  | 'login.required'
  | 'login.submit'
  | 'login.submitting';

export interface LoginFormProps {
  t: Translate<LoginText>;
  /** What there is to say before the first try; empty for nothing. */
  notice?: string;
  onSubmit: (user: string, password: string) => Promise<void>;
  /** What a person is told of a refusal. */
  explain: (error: HttpError) => string;
}

export function LoginForm({ t, notice = '', onSubmit, explain }: LoginFormProps) {
  const [user, setUser] = useState('');
  const [password, setPassword] = useState('');
  const [pending, setPending] = useState(false);
  const [failure, setFailure] = useState(notice);

  const submit = async (event: SyntheticEvent) => {
    event.preventDefault();
    if (pending) return;
    setPending(true);
    setFailure('');
    try {
      await onSubmit(user, password);
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
      setPassword('');
      setFailure(explain(error));
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
