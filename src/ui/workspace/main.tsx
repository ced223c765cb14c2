/** Starts the agent workspace: chooses the language, wires the session to server and page, and paints. */
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { I18nProvider } from 'react-aria-components';
import { createRoot } from 'react-dom/client';
import {
  chooseLanguage,
  createFormats,
  createHttp,
  createPushClient,
  createTranslate,
  HttpError,
} from '../shared/index.js';
import '../shared/tokens.css';
import '../shared/base.css';
import './workspace.css';
import de from './locales/de.json';
import en from './locales/en.json';
import { createWorkspaceApi, WorkspaceSession } from './session/index.js';
import { App, WorkspaceContext } from './view/index.js';

const language = chooseLanguage(navigator.languages, ['en', 'de']);
const t = createTranslate({ en, de }[language], language);
document.documentElement.lang = language;
document.title = t('app.name');

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: Infinity,
      refetchOnWindowFocus: false,
      // A visit is stored a moment after it happens, so at first it may not be found.
      retry: (count, error) =>
        count < 3 && error instanceof HttpError && (error.passing || error.status === 404),
    },
  },
});
const session = new WorkspaceSession({
  api: createWorkspaceApi(createHttp(window.fetch.bind(window))),
  push: createPushClient(),
  storage: window.sessionStorage,
  now: () => Date.now(),
  newId: () => crypto.randomUUID().replaceAll('-', ''),
  visitChanged: (chatId) => void queries.invalidateQueries({ queryKey: ['visit', chatId] }),
});
// The reader's own region decides how dates look, where it is a region of the page's language.
const region = navigator.languages.find((tag) => tag.toLowerCase().startsWith(language)) ?? language;
const tools = { session, t, formats: createFormats(region) };

window.addEventListener('online', () => session.refresh());
session.start();

const root = document.getElementById('root');
if (root === null) throw new Error('the page has no #root');
createRoot(root).render(
  <StrictMode>
    <I18nProvider locale={region}>
      <QueryClientProvider client={queries}>
        <WorkspaceContext value={tools}>
          <App />
        </WorkspaceContext>
      </QueryClientProvider>
    </I18nProvider>
  </StrictMode>,
);
