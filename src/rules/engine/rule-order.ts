/** Which of two branches fires first. */
import type { Branch } from './network.js';

/** Negative when `left` fires before `right`: higher salience, then earlier declaration. */
export function compareBranches(left: Branch, right: Branch): number {
  return right.rule.salience - left.rule.salience || left.index - right.index;
}
