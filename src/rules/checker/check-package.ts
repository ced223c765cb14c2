/** From a read package to checked plans: types first, then each rule and each of its branches. */
import { closestName, hashId } from '../../base/index.js';
import type { PackageNode, RuleNode } from '../language/ast.js';
import type { Problems } from '../language/problems.js';
import { resolveStatements } from './action-resolver.js';
import { type BranchContext, resolveConditions } from './condition-resolver.js';
import {
  type FactType,
  declaredType,
  eventTypeName,
  fieldType,
  fieldTypeNames,
  visitorEventType,
} from './fact-types.js';
import { expandOr } from './or-expansion.js';
import type { BranchPlan, PackagePlan, RulePlan } from './plan.js';
import { Scope } from './scope.js';

/** Rules that one package may hold. */
const rulesMax = 20_000;

export function checkPackage(node: PackageNode, problems: Problems): PackagePlan {
  const types = collectTypes(node, problems);
  const globals = new Set(node.globals.map((global) => global.name));
  for (const { name, at } of node.globals)
    problems.warn(at, null, 'style', `the global ${name} has no value here and cannot be used`);
  const names = new Set<string>();
  if (node.rules.length > rulesMax)
    problems.error({ line: 1, column: 1 }, `a package holds at most ${rulesMax} rules`);
  const rules = node.rules.slice(0, rulesMax).map((rule) => {
    if (names.has(rule.name))
      problems.error(rule.at, `there are two rules named "${rule.name}"`, 'Choose another name.');
    names.add(rule.name);
    return checkRule(rule, types, globals, problems, node);
  });
  return { name: node.name, types, rules };
}

function collectTypes(node: PackageNode, problems: Problems): Map<string, FactType> {
  const types = new Map<string, FactType>([[eventTypeName, visitorEventType(null)]]);
  const seen = new Set<string>();
  for (const declare of node.declares) {
    if (seen.has(declare.name)) problems.error(declare.at, `${declare.name} is declared twice`);
    seen.add(declare.name);
    if (declare.name === eventTypeName) {
      if (declare.timestampField !== null && declare.timestampField !== 'timestamp') {
        problems.error(
          declare.at,
          `Event has no field ${declare.timestampField} with its time`,
          'Write @timestamp( timestamp ).',
        );
      }
      for (const field of declare.fields) {
        if (!visitorEventType(null).fields.has(field.name))
          problems.error(field.at, 'Event has its own fields', `Write data["${field.name}"] in the rules.`);
      }
      types.set(eventTypeName, visitorEventType(declare.expiresMs));
      continue;
    }
    checkFields(declare, problems);
    types.set(declare.name, declaredType(declare, node.name));
  }
  return types;
}

function checkFields(declare: PackageNode['declares'][number], problems: Problems): void {
  const names = new Set<string>();
  for (const field of declare.fields) {
    if (names.has(field.name)) problems.error(field.at, `the field ${field.name} is declared twice`);
    names.add(field.name);
    if (fieldType(field.type) !== undefined) continue;
    const meant = closestName(field.type, fieldTypeNames);
    problems.error(
      field.at,
      `a field cannot hold ${field.type}`,
      meant === undefined
        ? 'Use String, int, long, double or boolean; keep the eventID of an event.'
        : `Did you mean ${meant}?`,
    );
  }
  if (declare.timestampField !== null && !names.has(declare.timestampField))
    problems.error(declare.at, `${declare.name} has no field ${declare.timestampField}`);
  if (declare.expiresMs !== null && !declare.isEvent)
    problems.error(
      declare.at,
      `only events expire, and ${declare.name} is a plain fact`,
      'Add @role( event ).',
    );
}

function checkRule(
  rule: RuleNode,
  types: ReadonlyMap<string, FactType>,
  globals: ReadonlySet<string>,
  problems: Problems,
  node: PackageNode,
): RulePlan {
  const branches = expandOr(rule.when, rule.at, problems).map((conditions): BranchPlan => {
    const context: BranchContext = { problems, types, globals, positions: { next: 0 } };
    const scope = new Scope(null);
    const nodes = resolveConditions(conditions, scope, context);
    const statements = resolveStatements(rule.then, scope, context);
    return { nodes, size: context.positions.next, statements };
  });
  const { name, at, salience, noLoop, enabled, effectiveMs, expiresMs, activationGroup, timer } = rule;
  const text = rule.text;
  const declares = JSON.stringify(
    node.declares.map(({ at: _place, ...declare }) => ({
      ...declare,
      fields: declare.fields.map(({ name: field, type }) => [field, type]),
    })),
  );
  const fingerprint = hashId(`${node.name}\n${rule.key}\n${declares}`);
  return {
    name,
    at,
    salience,
    noLoop,
    enabled,
    effectiveMs,
    expiresMs,
    activationGroup,
    timer,
    branches,
    text,
    fingerprint,
  };
}
