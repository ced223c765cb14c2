/** Starts the cluster page: chooses the language, wires it to the server, and paints. */
import { StrictMode } from 'react';
import { I18nProvider } from 'react-aria-components';
import { createRoot } from 'react-dom/client';
import { chooseLanguage, createHttp, createPushClient, createTranslate } from '../shared/index.js';
import '../shared/tokens.css';
import '../shared/base.css';
import './cluster.css';
import de from './locales/de.json';
import en from './locales/en.json';
import { createClusterApi } from './session/index.js';
import { App, PageContext } from './view/index.js';

const language = chooseLanguage(navigator.languages, ['en', 'de']);
const t = createTranslate({ en, de }[language], language);
document.documentElement.lang = language;
document.title = t('app.name');

// The reader's own region decides how dates look, where it is a region of the page's language.
const region = navigator.languages.find((tag) => tag.toLowerCase().startsWith(language)) ?? language;
const api = createClusterApi(createHttp(window.fetch.bind(window)));
const tools = { api, push: createPushClient(), t, region };

const root = document.getElementById('root');
if (root === null) throw new Error('the page has no #root');
createRoot(root).render(
  <StrictMode>
    <I18nProvider locale={region}>
      <PageContext value={tools}>
        <App />
      </PageContext>
    </I18nProvider>
  </StrictMode>,
);
