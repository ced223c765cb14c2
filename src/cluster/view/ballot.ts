/** The order of ballots: by round, then name, then incarnation; two nodes never use the same one. */
import { compareNames } from '../identity.js';
import type { Ballot } from './types.js';

export function compareBallots(one: Ballot, other: Ballot): number {
  return (
    one.round - other.round ||
    compareNames(one.node, other.node) ||
    compareNames(one.incarnation, other.incarnation)
  );
}

export function sameBallot(one: Ballot, other: Ballot): boolean {
  return compareBallots(one, other) === 0;
}
