/** What to call a visitor: the identity if one is known, else the end of the visit's id. */
import { knownAs, type OpenedChat } from '../model/index.js';
import { useVisit } from './use-visit.js';
import { useWorkspace } from './workspace-context.js';

export function useVisitorName({ chatId, opening }: OpenedChat): string {
  const { t } = useWorkspace();
  const { activity } = useVisit(chatId, opening.visitId);
  const identity = activity === undefined ? undefined : knownAs(activity);
  return identity?.name ?? identity?.identityId ?? t('chats.visitor', { id: opening.visitId.slice(-4) });
}
