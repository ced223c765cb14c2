/** The immutable cluster-wide values that a step may read. An input names their version by `id`. */
import type { Settings } from '../../model/index.js';
import type { RuleSet } from '../../rules/index.js';
import type { EngagementPolicy } from '../../strategy/index.js';

export interface Documents {
  /** Number of this set of versions; kept with every journalled input. */
  readonly id: number;
  readonly rules: RuleSet;
  /** An older set that a live rule session may still belong to; undefined when it is no longer kept. */
  rulesOf(id: number): RuleSet | undefined;
  readonly settings: Settings;
  readonly policy: EngagementPolicy;
}
