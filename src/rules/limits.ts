/** What one rule may spend in one session. */
import type { RuleLimits } from './types.js';

export const defaultRuleLimits: RuleLimits = {
  stateBytesMax: 65_536,
  firingsPerEventMax: 5_000,
  matchesMax: 50_000,
};
