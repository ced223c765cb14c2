/** What every component of the workspace reaches for: the session, the texts and the formats. */
import { createContext, use, useSyncExternalStore } from 'react';
import type { Formats, Translate } from '../../shared/index.js';
import type en from '../locales/en.json';
import type { SessionView, WorkspaceSession } from '../session/index.js';

export type TextKey = keyof typeof en;

export interface WorkspaceTools {
  session: WorkspaceSession;
  t: Translate<TextKey>;
  formats: Formats;
}

export const WorkspaceContext = createContext<WorkspaceTools | null>(null);

export function useWorkspace(): WorkspaceTools {
  const tools = use(WorkspaceContext);
  if (tools === null) throw new Error('the workspace has no tools: its context is missing');
  return tools;
}

/** A part of the session, chosen by `select`, which gives the same object until that part changes. */
export function useSession<T>(select: (view: SessionView) => T): T {
  const { session } = useWorkspace();
  return useSyncExternalStore(session.listen, () => select(session.view()));
}
