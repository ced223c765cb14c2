/** The visit of a chat: read once and again when it must be, with pushed events laid over it at once. */
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { mergeVisit, type VisitActivity } from '../model/index.js';
import { HttpError } from '../../shared/index.js';
import { useSession, useWorkspace } from './workspace-context.js';

export interface VisitRead {
  activity: VisitActivity | undefined;
  error: HttpError | null;
  retry: () => void;
}

const none: VisitActivity['events'] = [];

export function useVisit(chatId: string, visitId: string): VisitRead {
  const { session } = useWorkspace();
  const live = useSession((view) => view.liveEvents[visitId] ?? none);
  const { data, error, refetch } = useQuery({
    queryKey: ['visit', chatId],
    queryFn: () => session.visit(chatId),
  });
  const activity = useMemo(() => (data === undefined ? undefined : mergeVisit(data, live)), [data, live]);
  return {
    activity,
    error: error instanceof HttpError ? error : null,
    retry: () => void refetch(),
  };
}
