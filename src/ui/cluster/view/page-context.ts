/** What every part of the page needs: the server, the push, and the reader's language. */
import { createContext, useContext } from 'react';
import { HttpError, type PushClient, type Translate } from '../../shared/index.js';
import type en from '../locales/en.json';
import type { ClusterApi } from '../session/index.js';

export type TextKey = keyof typeof en;

export interface PageTools {
  api: ClusterApi;
  push: PushClient;
  t: Translate<TextKey>;
  /** The reader's language and region, for numbers and times. */
  region: string;
}

export const PageContext = createContext<PageTools | null>(null);

export function usePage(): PageTools {
  const tools = useContext(PageContext);
  if (tools === null) throw new Error('a part of the page stands outside of it');
  return tools;
}

/** What a person is told of a failed request. */
export function failureText(error: unknown, t: Translate<TextKey>): string {
  if (!(error instanceof HttpError)) throw error;
  return error.status === 0 ? t('error.unreachable') : t('error.other', { message: error.message });
}
