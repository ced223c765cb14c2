/** The compiled network: memories that facts are sorted into, and the branches of rules that read them. */
import type { FactType } from '../checker/fact-types.js';
import type { Timer } from '../language/ast.js';

/** By position: the slot of a fact, or the results of an accumulate. */
export type Match = (number | readonly unknown[])[];

export type Test = (match: Match) => boolean;
export type Reader = (match: Match) => unknown;

/** All facts of one type and entry point that pass the same conditions, perhaps through a window. */
export interface Memory {
  readonly index: number;
  readonly factType: FactType;
  readonly window: { readonly kind: 'time' | 'length'; readonly size: number } | null;
  /** Time after which its facts expire, by the event's time; -1 for never. */
  expiresMs: number;
  /** Whether facts must be remembered at all. */
  stored: boolean;
  /** Whether a fact that leaves can make a rule fire. */
  wakes: boolean;
  /** Fields of events to remember. */
  readonly fields: number[];
  readonly inputs: Input[];
}

/** Where a memory feeds a branch. */
export interface Input {
  /** Rises by branch and by node: the order in which a fact's inputs are evaluated. */
  readonly sequence: number;
  readonly branch: Branch;
  /** Index among the branch's nodes. */
  readonly nodeIndex: number;
  /** The node itself, or the one inside its group. */
  readonly join: JoinNode;
}

export interface JoinNode {
  readonly kind: 'join';
  /** Rises through the branch, groups included. */
  readonly order: number;
  readonly position: number;
  readonly memory: number;
  readonly tests: readonly Test[];
  /**
   * By the index of the node after which they can be decided: this join's tests, when its own fact is known
   * first.
   */
  readonly decidable: readonly (readonly Test[])[];
  /** Tests that need no other fact of the branch's own nodes. */
  readonly decidableFirst: readonly Test[];
  readonly listens: ReadonlySet<string>;
}

export interface GroupNode {
  readonly kind: 'not' | 'exists';
  readonly order: number;
  readonly inner: readonly BranchNode[];
  /** The only node inside, when it is a join: the common and fast case. */
  readonly single: JoinNode | null;
}

export interface AccumulateNode {
  readonly kind: 'accumulate';
  readonly order: number;
  readonly position: number;
  readonly inner: readonly BranchNode[];
  readonly single: JoinNode | null;
  readonly calls: readonly AccumulateCall[];
  readonly tests: readonly Test[];
}

export interface AccumulateCall {
  readonly name: string;
  readonly read: Reader | null;
}

export interface TestNode {
  readonly kind: 'test';
  readonly order: number;
  readonly test: Test;
}

export type BranchNode = JoinNode | GroupNode | AccumulateNode | TestNode;

export interface RuleNode {
  readonly index: number;
  readonly packageName: string;
  readonly name: string;
  readonly salience: number;
  readonly noLoop: boolean;
  readonly effectiveMs: number;
  readonly expiresMs: number;
  readonly activationGroup: string | null;
  readonly timer: Timer | null;
  readonly fingerprint: string;
  readonly branches: Branch[];
}

export interface Branch {
  readonly index: number;
  readonly rule: RuleNode;
  readonly nodes: BranchNode[];
  readonly size: number;
  /** Memories without whose facts nothing can match. */
  readonly required: number[];
  /** Positions of the facts of a match, in order. */
  readonly positions: number[];
  /** Whether it can hold with no event at all, so that it is first evaluated after the session's first. */
  readonly initial: boolean;
  /** Absences with a deadline: the match waits until the event at `position` is this old. */
  readonly deadlines: { readonly position: number; readonly waitMs: number }[];
  readonly action: readonly ActionStep[];
  /** Whether it matters which of several matches fires first: the action uses up or changes facts. */
  ordered: boolean;
  /** A match to search with; never kept. */
  readonly scratch: Match;
}

export type ActionStep =
  | { readonly kind: 'emitActionable'; readonly event: Reader }
  | { readonly kind: 'emitVisit' }
  | { readonly kind: 'setUserData'; readonly key: Reader; readonly value: Reader }
  | { readonly kind: 'insert'; readonly factType: FactType; readonly values: readonly Reader[] }
  | { readonly kind: 'delete'; readonly target: Reader }
  | {
      readonly kind: 'modify';
      readonly target: Reader;
      readonly factType: FactType;
      readonly setters: readonly { readonly index: number; readonly field: string; readonly value: Reader }[];
    };
