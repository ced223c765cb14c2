/** The policy of a fresh installation: offer a chat when an agent of the group is free, else say why not. */
import type { Settings } from '../model/index.js';
import type { EngagementPolicy } from './policy.js';

export function createDefaultPolicy(invitation: Settings['invitation']): EngagementPolicy {
  const { title, text, acceptLabel, rejectLabel } = invitation;
  return {
    decide({ capacity }) {
      if (capacity.granted) return { kind: 'engage', channel: 'chat', title, text, acceptLabel, rejectLabel };
      return { kind: 'noengage', reason: capacity.readyAgents === 0 ? 'noAgents' : 'noCapacity' };
    },
  };
}
