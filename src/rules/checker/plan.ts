/** A rule after checking: what the compiler builds a network from. */
import type { Place } from '../../base/index.js';
import type { Timer, Window } from '../language/ast.js';
import type { FactType } from './fact-types.js';
import type { Value, ValueType } from './values.js';

export interface JoinPlan {
  readonly kind: 'join';
  readonly position: number;
  readonly factType: FactType;
  /** What depends on this fact alone. */
  readonly alpha: readonly Value[];
  /** What compares it with facts before it. */
  readonly beta: readonly Value[];
  readonly window: Window | null;
  readonly entryPoint: string | null;
  /** Fields that a binding or a test reads: a modify of other fields does not concern this pattern. */
  readonly listens: ReadonlySet<string>;
  readonly at: Place;
  readonly text: string;
}

export interface GroupPlan {
  readonly kind: 'not' | 'exists';
  readonly inner: readonly NodePlan[];
  readonly at: Place;
  readonly text: string;
}

export interface AccumulatePlan {
  readonly kind: 'accumulate';
  readonly position: number;
  readonly inner: readonly NodePlan[];
  readonly calls: readonly AccumulateCallPlan[];
  readonly tests: readonly Value[];
  readonly at: Place;
  readonly text: string;
}

export interface AccumulateCallPlan {
  readonly name: string;
  readonly argument: Value | null;
  readonly type: ValueType;
}

export interface TestPlan {
  readonly kind: 'test';
  readonly test: Value;
  readonly at: Place;
  readonly text: string;
}

export type NodePlan = JoinPlan | GroupPlan | AccumulatePlan | TestPlan;

export type StatementPlan =
  | { readonly kind: 'emitActionable'; readonly event: Value; readonly label: Value }
  | { readonly kind: 'emitVisit'; readonly label: Value }
  | { readonly kind: 'setUserData'; readonly key: Value; readonly value: Value }
  | { readonly kind: 'insert'; readonly factType: FactType; readonly values: readonly Value[] }
  | { readonly kind: 'delete'; readonly target: Value }
  | {
      readonly kind: 'modify';
      readonly target: Value;
      readonly factType: FactType;
      readonly setters: readonly SetterPlan[];
    };

export interface SetterPlan {
  readonly field: string;
  readonly value: Value;
}

/** One way to satisfy a rule: `or` makes several. */
export interface BranchPlan {
  readonly nodes: readonly NodePlan[];
  /** Places in a match. */
  readonly size: number;
  readonly statements: readonly StatementPlan[];
}

export interface RulePlan {
  readonly name: string;
  readonly at: Place;
  readonly salience: number;
  readonly noLoop: boolean;
  readonly enabled: boolean;
  readonly effectiveMs: number | null;
  readonly expiresMs: number | null;
  readonly activationGroup: string | null;
  readonly timer: Timer | null;
  readonly branches: readonly BranchPlan[];
  readonly text: string;
  readonly fingerprint: string;
}

export interface PackagePlan {
  readonly name: string;
  readonly types: ReadonlyMap<string, FactType>;
  readonly rules: readonly RulePlan[];
}
