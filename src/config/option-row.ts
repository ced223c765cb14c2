// The one form of every row of the option catalogue. Loading, the reference page and the tests read the same
// rows.
import type { OptionType } from './option-type.js';

/**
 * Where an option may stand. `either`: the cluster's value is the base, and a node's value overrides it
 * there. `accessPoint`: a Resource Access Point's value overrides the cluster's.
 */
export type OptionScope = 'cluster' | 'node' | 'either' | 'accessPoint';

export interface OptionRow {
  readonly type: OptionType<unknown>;
  /** The value of an absent option, as one would write it; absent when the option has none. */
  readonly default?: string;
  readonly scope: OptionScope;
  /** When a change applies: to the running server, or at its next start. */
  readonly takesEffect: 'immediately' | 'restart';
  /** Where the default comes from: the product's guide, its public option pages, or a choice made here. */
  readonly source: 'guide' | 'web' | 'own';
  readonly meaning: string;
  /** The feature behind it stays off without a value. */
  readonly mandatory?: true;
  /** Never printed. */
  readonly sensitive?: true;
  /** Other spellings that are accepted. */
  readonly aliases?: readonly string[];
  /** Words that may stand for `<object>` in the option's name; the value is then a record by these words. */
  readonly objects?: readonly string[];
  /**
   * Understood and checked, so that a configuration of the original product fits, but without effect so far.
   */
  readonly reserved?: true;
  /** A value that is not allowed is replaced by the default with a warning; elsewhere it is an error. */
  readonly forgiving?: true;
}

export type SectionRows = Readonly<Record<string, OptionRow>>;

/** The value that a row gives to the program. */
export type OptionValue<Row extends OptionRow> = Row extends { readonly type: OptionType<infer Value> }
  ? Row extends { readonly objects: readonly (infer Name extends string)[] }
    ? Readonly<Partial<Record<Name, Value>>>
    : Row extends { readonly default: string }
      ? Value
      : Value | undefined
  : never;

export type SectionValues<Rows extends SectionRows> = {
  readonly [Name in keyof Rows]: OptionValue<Rows[Name]>;
};
