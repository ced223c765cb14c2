/** From DRL text to a checked package, or to everything that is wrong with it. */
import { advise } from './checker/advise.js';
import { boundsOf } from './checker/bounds.js';
import { checkPackage } from './checker/check-package.js';
import { familyOf } from './families/read-family.js';
import { readPackage } from './language/package-reader.js';
import { Problems } from './language/problems.js';
import { defaultRuleLimits } from './limits.js';
import type { CompileResult, RuleInfo } from './types.js';

/** A package's text is at most this long. */
export const packageLengthMax = 4_000_000;

/** Reads and checks a DRL text. Never throws. */
export function compilePackage(text: string): CompileResult {
  const problems = new Problems();
  if (text.length > packageLengthMax) {
    return {
      ok: false,
      errors: [{ line: 1, column: 1, message: `the text is longer than ${packageLengthMax} characters` }],
    };
  }
  const node = readPackage(text, problems);
  const plan = checkPackage(node, problems);
  if (problems.errors.length > 0) return { ok: false, errors: inOrder(problems.errors) };
  const bounds = boundsOf(plan, defaultRuleLimits.stateBytesMax);
  advise(plan, bounds, problems);
  const rules = plan.rules.map((rule, index): RuleInfo => {
    const { name, salience, at, fingerprint } = rule;
    const bound = bounds[index];
    const source = node.rules[index];
    const family = source === undefined ? null : (familyOf(source)?.family ?? null);
    return {
      name,
      family,
      salience,
      line: at.line,
      byteBound: bound?.bytes ?? 0,
      bounded: bound?.bounded ?? true,
      fingerprint,
    };
  });
  return { ok: true, package: { name: plan.name, text, rules }, warnings: inOrder(problems.warnings) };
}

function inOrder<T extends { line: number; column: number }>(items: readonly T[]): T[] {
  return [...items].sort((left, right) => left.line - right.line || left.column - right.column);
}
