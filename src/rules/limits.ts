/** What one rule may spend in one session. */
import type { RuleLimits } from './types.js';

export const defaultRuleLimits: RuleLimits = {
  stateBytesMax: 65_536,
  firingsPerEventMax: 2_000,
  matchesMax: 10_000,
};
