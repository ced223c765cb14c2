// What the machines need to know of the configuration, in their units.
import type { Settings } from '../model/index.js';
import { assert } from '../base/index.js';
import type { Options } from './catalogue.js';

export function settingsOf({ engagement, userData, pacing, beckon }: Options): Settings {
  const [chatGroup] = pacing.chatGroups;
  assert(chatGroup !== undefined, 'a loaded configuration has a chat group');
  return {
    visitExpirationMs: engagement.visitExpirationTime * 1_000,
    engagementExpirationMs: engagement.engagementExpirationTime * 1_000,
    strictEngagementMode: engagement.strictEngagementMode,
    userData: {
      SignIn: [...userData['eventName.SignIn']],
      UserInfo: [...userData['eventName.UserInfo']],
      VisitStarted: [...userData['eventName.VisitStarted']],
      ACTIONABLE: [...userData['eventType.ACTIONABLE']],
    },
    chatGroup,
    invitation: {
      title: beckon.invitationTitle,
      text: beckon.invitationText,
      acceptLabel: beckon.invitationAcceptLabel,
      rejectLabel: beckon.invitationRejectLabel,
      displayMs: beckon.invitationDisplayTime * 1_000,
    },
    ringMs: beckon.chatRingTime * 1_000,
    chatWaitMs: beckon.chatWaitTime * 1_000,
    chatAwayMs: beckon.chatAwayTime * 1_000,
  };
}
