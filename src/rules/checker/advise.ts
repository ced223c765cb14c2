/**
 * What a package's author should know although the text is right: rules that cannot fire, or never end
 * growing.
 */
import { type Problems } from '../language/problems.js';
import { inferExpiry } from '../engine/expiry.js';
import { visitorEntryPoint } from '../engine/entry-point.js';
import { type RuleBound, joinsOf } from './bounds.js';
import { contradictionIn } from './contradictions.js';
import { eventTypeName } from './fact-types.js';
import type { NodePlan, PackagePlan, RulePlan } from './plan.js';
import { type Value, keyOf } from './values.js';

export function advise(plan: PackagePlan, bounds: readonly RuleBound[], problems: Problems): void {
  adviseUnreachable(plan, problems);
  adviseShadowed(plan, problems);
  plan.rules.forEach((rule, index) => {
    const bound = bounds[index];
    if (bound === undefined || bound.bounded || bound.because === null) return;
    problems.warn(
      bound.because.at,
      rule.name,
      'unbounded',
      `rule "${rule.name}" keeps every event that fits ${bound.because.text} for the ` +
        `whole visit; it is suspended for a visit that exceeds ${bound.bytes} bytes. A ` +
        `window or a time in brackets would bound it`,
    );
  });
  for (const { ms, because } of inferExpiry(plan).values()) {
    if (ms >= 0 || plan.rules.length < 2 || because?.join.factType.expiresMs !== null) continue;
    problems.warn(
      because.join.at,
      because.rule,
      'expiry',
      `this pattern has no bound in time, so that the package keeps every ` +
        `${because.join.factType.name} for the whole visit`,
    );
  }
}

function adviseUnreachable(plan: PackagePlan, problems: Problems): void {
  const inserted = insertedTypes(plan);
  const named = plan.rules.some((rule) =>
    rule.branches.some((branch) =>
      joinsOf(branch.nodes).some((join) => join.entryPoint === visitorEntryPoint),
    ),
  );
  for (const rule of plan.rules) {
    for (const branch of rule.branches) {
      for (const node of branch.nodes) {
        const joins = node.kind === 'join' ? [node] : node.kind === 'exists' ? joinsOf(node.inner) : [];
        for (const join of joins) {
          const reason = contradictionIn(join);
          if (reason !== undefined)
            problems.warn(join.at, rule.name, 'unreachable', `rule "${rule.name}" can never fire: ${reason}`);
          const isVisitor = join.factType.name === eventTypeName;
          if (!isVisitor && !inserted.has(join.factType.id))
            problems.warn(
              join.at,
              rule.name,
              'unreachable',
              `rule "${rule.name}" can never fire: no rule inserts a ${join.factType.name}`,
            );
          if (isVisitor && join.entryPoint !== null && join.entryPoint !== visitorEntryPoint)
            problems.warn(
              join.at,
              rule.name,
              'unreachable',
              `rule "${rule.name}" can never fire: nothing comes through the entry point ` +
                `${join.entryPoint}; a visitor's events come through "${visitorEntryPoint}"`,
            );
          if (isVisitor && join.entryPoint === null && named)
            problems.warn(
              join.at,
              rule.name,
              'unreachable',
              `rule "${rule.name}" sees no events: the package takes them from the entry ` +
                `point "${visitorEntryPoint}"`,
            );
        }
      }
    }
    if (!rule.enabled) problems.warn(rule.at, rule.name, 'unreachable', `rule "${rule.name}" is not enabled`);
  }
}

function insertedTypes(plan: PackagePlan): Set<string> {
  const types = new Set<string>();
  for (const rule of plan.rules) {
    for (const { statements } of rule.branches) {
      for (const statement of statements) if (statement.kind === 'insert') types.add(statement.factType.id);
    }
  }
  return types;
}

/** Two rules with one meaning, or one whose conditions include the other's, in one activation group. */
function adviseShadowed(plan: PackagePlan, problems: Problems): void {
  const seen = new Map<string, RulePlan>();
  for (const rule of plan.rules) {
    const key = rule.branches.map((branch) => branch.nodes.map(nodeKey).join(';')).join('|');
    const twin = seen.get(key);
    if (twin === undefined) seen.set(key, rule);
    else
      problems.warn(
        rule.at,
        rule.name,
        'shadowed',
        `rule "${rule.name}" has the same conditions as rule "${twin.name}": both fire each time`,
      );
  }
  const groups = new Map<string, RulePlan[]>();
  for (const rule of plan.rules) {
    if (rule.activationGroup === null) continue;
    const group = groups.get(rule.activationGroup) ?? [];
    groups.set(rule.activationGroup, [...group, rule]);
  }
  for (const group of groups.values()) {
    const ordered = [...group].sort((left, right) => right.salience - left.salience);
    ordered.forEach((rule, index) => {
      const over = ordered.slice(0, index).find((other) => covers(other, rule));
      if (over !== undefined)
        problems.warn(
          rule.at,
          rule.name,
          'shadowed',
          `rule "${rule.name}" never fires: whenever it could, rule "${over.name}" of ` +
            `the same activation-group fires first`,
        );
    });
  }
}

/** Whether a rule of one pattern holds whenever the other, of one pattern too, does. */
function covers(wide: RulePlan, narrow: RulePlan): boolean {
  const [one, other] = [onlyJoin(wide), onlyJoin(narrow)];
  if (
    one === undefined ||
    other === undefined ||
    wide.timer !== null ||
    !wide.enabled ||
    wide.effectiveMs !== null ||
    wide.expiresMs !== null
  )
    return false;
  const have = new Set(other.map((test) => keyOf(test, 0)));
  return one.every((test) => have.has(keyOf(test, 0)));
}

function onlyJoin(rule: RulePlan): readonly Value[] | undefined {
  const [branch, second] = rule.branches;
  const [node, more] = branch?.nodes ?? [];
  if (
    second !== undefined ||
    more !== undefined ||
    node?.kind !== 'join' ||
    node.window !== null ||
    node.beta.length > 0
  )
    return undefined;
  return [
    ...node.alpha,
    { op: 'const', value: `${node.factType.id}@${node.entryPoint ?? ''}`, type: 'string' },
  ];
}

function nodeKey(node: NodePlan): string {
  switch (node.kind) {
    case 'join':
      return `${node.position}:${node.factType.id}@${node.entryPoint ?? ''}${JSON.stringify(node.window)}(${[
        ...node.alpha,
        ...node.beta,
      ]
        .map((test) => keyOf(test, node.position))
        .sort()
        .join()})`;
    case 'not':
    case 'exists':
      return `${node.kind}[${node.inner.map(nodeKey).join()}]`;
    case 'accumulate': {
      const calls = node.calls.map(
        ({ name, argument }) => `${name}(${argument === null ? '' : keyOf(argument, -1)})`,
      );
      const tests = node.tests.map((test) => keyOf(test, -1));
      return `${node.position}:${calls.join()}[${node.inner.map(nodeKey).join()}]${tests.join()}`;
    }
    case 'test':
      return keyOf(node.test, -1);
  }
}
