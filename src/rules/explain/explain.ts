/** Why each rule of a set fired or did not for one visit's events, as plain data for a page. */
import type { VisitorEvent } from '../../model/index.js';
import type { BranchPlan, NodePlan, RulePlan } from '../checker/plan.js';
import type { Value } from '../checker/values.js';
import { type Network, buildNetwork } from '../engine/build-network.js';
import type { Branch, Match, RuleNode } from '../engine/network.js';
import { newRun } from '../engine/agenda.js';
import { insertEvent } from '../engine.js';
import { sayDuration } from '../language/durations.js';
import type { RuleSet } from '../rule-set.js';
import { type RuleSession, emptySession } from '../session.js';
import type { ConditionExplanation, Firing, RuleExplanation } from '../types.js';
import { type NearestMatch, factsOf, nearestMatch } from './nearest-match.js';
import { type NameOf, sayNode, sayPattern } from './say.js';

/**
 * Explains every rule of the set. Plays the visit anew, so it is for a person's question, not for every
 * event.
 */
export function explainRules(ruleSet: RuleSet, events: readonly VisitorEvent[]): readonly RuleExplanation[] {
  return explained(ruleSet, events, () => true);
}

/** Explains one rule; undefined when the set has none of that name. */
export function explainRule(
  ruleSet: RuleSet,
  packageName: string,
  rule: string,
  events: readonly VisitorEvent[],
): RuleExplanation | undefined {
  return explained(ruleSet, events, (node) => node.packageName === packageName && node.name === rule)[0];
}

function explained(
  ruleSet: RuleSet,
  events: readonly VisitorEvent[],
  wanted: (rule: RuleNode) => boolean,
): RuleExplanation[] {
  const network = buildNetwork(ruleSet.plans, { rememberAll: true });
  const whole: RuleSet = { ...ruleSet, network, run: newRun(network, ruleSet.limits) };
  const session = emptySession(ruleSet.fingerprint);
  const matches = new Map<RuleNode, Match>();
  network.workspace.observer = (branch, match) => matches.set(branch.rule, match.slice());
  const firings: Firing[] = [];
  events.forEach((event, ordinal) => firings.push(...insertEvent(whole, session, event, ordinal)));
  network.workspace.use(session);
  network.workspace.load();
  const plans = ruleSet.plans.flatMap((plan) => plan.rules);
  const explanations: RuleExplanation[] = [];
  network.rules.forEach((rule, index) => {
    const plan = plans[index];
    if (plan === undefined || !wanted(rule)) return;
    const own = firings.filter(
      (firing) =>
        firing.package === rule.packageName && firing.rule === rule.name && firing.suspended === undefined,
    );
    explanations.push(explainOne({ network, session, events }, rule, plan, own));
  });
  return explanations;
}

interface Play {
  readonly network: Network;
  readonly session: RuleSession;
  readonly events: readonly VisitorEvent[];
}

function explainOne(play: Play, rule: RuleNode, plan: RulePlan, firings: readonly Firing[]): RuleExplanation {
  const { workspace } = play.network;
  let best: { branch: Branch; plan: BranchPlan; found: NearestMatch } | undefined;
  rule.branches.forEach((branch, index) => {
    const found = nearestMatch(workspace, branch);
    const branchPlan = plan.branches[index] as BranchPlan;
    const left = branch.nodes.length - found.stoppedAt;
    if (best === undefined || left < best.branch.nodes.length - best.found.stoppedAt)
      best = { branch, plan: branchPlan, found };
  });
  const header = { package: rule.packageName, rule: rule.name, firings };
  if (best === undefined)
    return { ...header, conditions: [], nearest: plan.enabled ? null : 'The rule is not enabled.' };
  const { branch, found } = best;
  const nameOf = namer(play, best.plan, found.match);
  const nodes = best.plan.nodes;
  const conditions = nodes.map((node, index) =>
    explainCondition(play, branch, node, index, found, nameOf, firings.length > 0),
  );
  const stopped = nodes[found.stoppedAt];
  const nearest =
    firings.length > 0
      ? null
      : stopped === undefined
        ? waiting(play, branch, found.match)
        : missing(play, branch, stopped, found, nameOf);
  return { ...header, conditions, nearest };
}

function explainCondition(
  play: Play,
  branch: Branch,
  node: NodePlan,
  index: number,
  found: NearestMatch,
  nameOf: NameOf,
  fired: boolean,
): ConditionExplanation {
  const { workspace } = play.network;
  const built = branch.nodes[index] as Branch['nodes'][number];
  const satisfied = fired || index < found.stoppedAt;
  const chosen =
    built.kind === 'join' && index < found.stoppedAt
      ? [found.match[built.position] as number]
      : factsOf(workspace, built, found.match);
  const events = chosen.map((slot) => play.session.ordinals[slot] ?? -1).filter((ordinal) => ordinal >= 0);
  return {
    text: node.text,
    line: node.at.line,
    satisfied,
    events,
    missing: satisfied ? null : missing(play, branch, node, found, nameOf),
  };
}

/** Names a fact of the match by what it is and when it came. */
function namer(play: Play, plan: BranchPlan, match: Match): NameOf {
  const joins = new Map(
    plan.nodes.flatMap((node) => (node.kind === 'join' ? [[node.position, node] as const] : [])),
  );
  const results = new Map(
    plan.nodes.flatMap((node) =>
      node.kind === 'accumulate'
        ? [[node.position, node.calls.map((call) => call.name).join()] as const]
        : [],
    ),
  );
  return (position) => {
    const result = results.get(position);
    if (result !== undefined) return result;
    const slot = match[position];
    const ordinal = typeof slot === 'number' && slot >= 0 ? play.session.ordinals[slot] : undefined;
    const event = ordinal === undefined ? undefined : play.events[ordinal];
    if (event !== undefined) return `${event.eventName} (event ${String(ordinal)})`;
    const join = joins.get(position);
    return join === undefined ? 'it' : sayPattern({ ...join, beta: [] }, () => 'it');
  };
}

/** The smallest change at this condition. */
function missing(play: Play, branch: Branch, node: NodePlan, found: NearestMatch, nameOf: NameOf): string {
  switch (node.kind) {
    case 'join':
      return `one more event: ${sayNode(node, nameOf)}`;
    case 'exists':
      return `one event: ${sayNode(node, nameOf)}`;
    case 'not': {
      const index = branch.nodes.findIndex((_, at) => at === found.stoppedAt);
      const built = branch.nodes[index];
      const blockers =
        built === undefined
          ? []
          : factsOf(play.network.workspace, built, found.match).map((slot) => play.session.ordinals[slot]);
      const against = `; now event ${blockers.join(', ')} stands against it`;
      return sayNode(node, nameOf) + (blockers.length > 0 ? against : '');
    }
    case 'accumulate':
      return missingCount(play, branch, node, found, nameOf);
    case 'test':
      return `that ${sayNode(node, nameOf)}`;
  }
}

function missingCount(
  play: Play,
  branch: Branch,
  node: Extract<NodePlan, { kind: 'accumulate' }>,
  found: NearestMatch,
  nameOf: NameOf,
): string {
  const goal = node.tests.map((test) => countGoal(test, node)).find((count) => count !== undefined);
  const [join] = node.inner;
  const built = branch.nodes[found.stoppedAt];
  if (goal === undefined || join?.kind !== 'join' || built?.kind !== 'accumulate')
    return `that ${sayNode(node, nameOf)}`;
  const have = factsOf(play.network.workspace, built, found.match).length;
  const what = sayPattern(join, nameOf, false);
  if (goal > have) return `${goal - have} more ${what}`;
  return goal < have ? `${have - goal} fewer ${what}` : `another ${what}`;
}

/** The count at which a test on `count` becomes true. */
function countGoal(test: Value, node: Extract<NodePlan, { kind: 'accumulate' }>): number | undefined {
  if (
    test.op !== 'compare' ||
    test.negated ||
    test.right.op !== 'const' ||
    typeof test.right.value !== 'number'
  )
    return undefined;
  const size = test.left.op === 'call' && test.left.name === 'size' ? test.left.target : test.left;
  if (size.op !== 'result' || size.position !== node.position) return undefined;
  const counts = node.calls[size.index]?.name;
  if (counts !== 'count' && counts !== 'collectList') return undefined;
  const goal = test.right.value;
  if (test.operator === '>') return goal + 1;
  return test.operator === '>=' || test.operator === '==' ? goal : undefined;
}

/** Everything holds, but it is not yet time. */
function waiting(play: Play, branch: Branch, match: Match): string | null {
  const { session } = play;
  const timer = session.timers.find(
    (item) =>
      item[0] === branch.index && branch.positions.every((position, at) => item[at + 2] === match[position]),
  );
  if (timer === undefined) return null;
  return `${sayDuration(Math.max(0, (timer[1] as number) - session.clock))} more without a change`;
}
