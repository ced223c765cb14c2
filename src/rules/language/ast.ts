/** What a DRL text says, as a tree. Every node knows where it stands. */
import type { Place } from '../../base/index.js';

export type Expression =
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null; readonly at: Place }
  | { readonly kind: 'list'; readonly items: readonly Expression[]; readonly at: Place }
  /** A variable, a field of the pattern around it, or `this`. */
  | { readonly kind: 'name'; readonly name: string; readonly at: Place }
  | { readonly kind: 'member'; readonly target: Expression; readonly name: string; readonly at: Place }
  | { readonly kind: 'index'; readonly target: Expression; readonly key: Expression; readonly at: Place }
  | {
      readonly kind: 'call';
      readonly target: Expression | null;
      readonly name: string;
      readonly args: readonly Expression[];
      readonly at: Place;
    }
  | { readonly kind: 'new'; readonly type: string; readonly args: readonly Expression[]; readonly at: Place }
  | { readonly kind: 'unary'; readonly operator: '!' | '-'; readonly value: Expression; readonly at: Place }
  | {
      readonly kind: 'arithmetic';
      readonly operator: '+' | '-' | '*' | '/' | '%';
      readonly left: Expression;
      readonly right: Expression;
      readonly at: Place;
    }
  | Comparison
  | { readonly kind: 'all' | 'any'; readonly items: readonly Expression[]; readonly at: Place };

export interface Comparison {
  readonly kind: 'compare';
  /** A row of the operator table. */
  readonly operator: string;
  readonly negated: boolean;
  /** What stands in brackets: milliseconds of a temporal operator, the word of `str`. */
  readonly parameters: readonly number[];
  readonly word: string | null;
  readonly left: Expression;
  readonly right: Expression;
  readonly at: Place;
}

/** `$x : field`, `field == 3` or `$x : field == 3`. */
export interface Constraint {
  readonly binding: string | null;
  readonly bound: Expression | null;
  readonly test: Expression | null;
  readonly at: Place;
}

export type Window =
  { readonly kind: 'time'; readonly sizeMs: number } | { readonly kind: 'length'; readonly size: number };

export interface PatternCondition {
  readonly kind: 'pattern';
  readonly binding: string | null;
  readonly type: string;
  readonly constraints: readonly Constraint[];
  readonly window: Window | null;
  readonly entryPoint: string | null;
  readonly at: Place;
  readonly text: string;
}

export interface AccumulateCall {
  readonly binding: string;
  readonly name: string;
  readonly argument: Expression | null;
  readonly at: Place;
}

export interface AccumulateCondition {
  readonly kind: 'accumulate';
  readonly source: Condition;
  readonly calls: readonly AccumulateCall[];
  readonly tests: readonly Expression[];
  readonly at: Place;
  readonly text: string;
}

export type Condition =
  | PatternCondition
  | AccumulateCondition
  | { readonly kind: 'not' | 'exists'; readonly of: Condition; readonly at: Place; readonly text: string }
  | {
      readonly kind: 'and' | 'or';
      readonly items: readonly Condition[];
      readonly at: Place;
      readonly text: string;
    }
  | {
      readonly kind: 'forall';
      readonly base: PatternCondition;
      readonly others: readonly PatternCondition[];
      readonly at: Place;
      readonly text: string;
    }
  | { readonly kind: 'eval'; readonly test: Expression; readonly at: Place; readonly text: string };

export interface Setter {
  readonly field: string;
  readonly value: Expression;
  readonly at: Place;
}

export type Statement =
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[]; readonly at: Place }
  | { readonly kind: 'insert'; readonly value: Expression; readonly at: Place }
  | { readonly kind: 'delete'; readonly value: Expression; readonly at: Place }
  | {
      readonly kind: 'modify';
      readonly value: Expression;
      readonly setters: readonly Setter[];
      readonly at: Place;
    }
  /** `$s.setN(1);` or a local's setter before it is inserted. */
  | { readonly kind: 'set'; readonly value: Expression; readonly setter: Setter; readonly at: Place }
  | { readonly kind: 'update'; readonly value: Expression; readonly at: Place }
  | { readonly kind: 'local'; readonly name: string; readonly value: Expression; readonly at: Place };

export type Timer =
  /** From the moment of the match. */
  { readonly kind: 'interval'; readonly delayMs: number; readonly repeatMs: number | null };

export interface RuleNode {
  readonly name: string;
  readonly at: Place;
  readonly salience: number;
  readonly noLoop: boolean;
  readonly enabled: boolean;
  readonly effectiveMs: number | null;
  readonly expiresMs: number | null;
  readonly activationGroup: string | null;
  readonly timer: Timer | null;
  readonly when: readonly Condition[];
  readonly then: readonly Statement[];
  /** From `rule` to `end`, as written. */
  readonly text: string;
  /** The same for texts that differ in white space and comments only. */
  readonly key: string;
}

export interface FieldNode {
  readonly name: string;
  readonly type: string;
  readonly key: boolean;
  readonly initial: string | number | boolean | null;
  readonly at: Place;
}

export interface DeclareNode {
  readonly name: string;
  readonly fields: readonly FieldNode[];
  readonly isEvent: boolean;
  readonly timestampField: string | null;
  readonly expiresMs: number | null;
  readonly at: Place;
}

export interface PackageNode {
  readonly name: string;
  readonly imports: readonly string[];
  readonly globals: readonly { readonly name: string; readonly at: Place }[];
  readonly declares: readonly DeclareNode[];
  readonly rules: readonly RuleNode[];
}
