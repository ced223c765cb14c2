/** The immutable cluster-wide values that a step may read. An input names their version by `id`. */
import type { Settings } from '../../model/index.js';
import type { RuleSet } from '../../rules/index.js';
import type { EngagementPolicy } from '../../strategy/index.js';

/** One package by itself, for a server whose packages follow domains. */
export interface DomainRules {
  readonly package: string;
  readonly rules: RuleSet;
}

export interface Documents {
  /** Number of this set of versions; kept with every journalled input. */
  readonly id: number;
  readonly rules: RuleSet;
  /** An older set that a live rule session may still belong to; undefined when it is no longer kept. */
  rulesOf(id: number): RuleSet | undefined;
  /** The packages apart, when each sees only events of its own domain (`cep/domainSeparation`). */
  readonly domains?: readonly DomainRules[];
  /** The same of an older set. */
  domainsOf?(id: number): readonly DomainRules[] | undefined;
  readonly settings: Settings;
  readonly policy: EngagementPolicy;
}
