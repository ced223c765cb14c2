/** A compiled rule set: what one deployment of packages becomes, once, for all visits. */
import { assert, hashId } from '../base/index.js';
import { checkPackage } from './checker/check-package.js';
import type { PackagePlan } from './checker/plan.js';
import { type Network, buildNetwork } from './engine/build-network.js';
import { type AgendaRun, newRun } from './engine/agenda.js';
import { readPackage } from './language/package-reader.js';
import { Problems } from './language/problems.js';
import { defaultRuleLimits } from './limits.js';
import type { RuleLimits, RulePackage } from './types.js';

/** Immutable to callers; its network holds scratch space that is only meaningful inside a call. */
export interface RuleSet {
  readonly fingerprint: string;
  readonly packages: readonly RulePackage[];
  readonly limits: RuleLimits;
  /** For the engine alone. */
  readonly plans: readonly PackagePlan[];
  readonly network: Network;
  readonly run: AgendaRun;
}

export function buildRuleSet(
  packages: readonly RulePackage[],
  limits: RuleLimits = defaultRuleLimits,
): RuleSet {
  const plans = packages.map(({ text, name }) => {
    const problems = new Problems();
    const plan = checkPackage(readPackage(text, problems), problems);
    assert(problems.errors.length === 0, `package ${name} was compiled before`);
    return plan;
  });
  const prints = plans.flatMap((plan) => plan.rules.map((rule) => rule.fingerprint));
  const network = buildNetwork(plans);
  return {
    fingerprint: hashId(prints.join()),
    packages,
    limits,
    plans,
    network,
    run: newRun(network, limits),
  };
}
