/** A tag ready to be tried: what a text must contain, and the test itself. */
import { RE2JS } from 're2js';
import type { CategoryTag } from '../model/index.js';
import { fold } from './fold.js';
import { requiredLiterals } from './required-literals.js';

export interface CompiledTag {
  /** Lower case; undefined matches every language. */
  readonly language: string | undefined;
  /**
   * Folded texts, one of which is in the folded form of every text that matches; undefined when there are
   * none.
   */
  readonly literals: readonly string[] | undefined;
  /** Whether a text with one of the literals matches for certain. */
  readonly isCertain: boolean;
  test(text: string): boolean;
}

/** The automaton keeps the ends of longer texts, which tell the pages of a site apart better. */
const literalLengthMax = 64;
/** Tags are values that never change, so what was made of one stays as long as the tag. */
const compiledTags = new WeakMap<CategoryTag, CompiledTag>();

export function compileTag(tag: CategoryTag): CompiledTag {
  let compiled = compiledTags.get(tag);
  if (compiled === undefined) {
    compiled = tag.type === 'regex' ? compileExpressionTag(tag) : compileTextTag(tag);
    compiledTags.set(tag, compiled);
  }
  return compiled;
}

/** Throws for an expression that is none. */
export function compileExpression({ expression, caseSensitive }: CategoryTag): RE2JS {
  return RE2JS.compile(expression, caseSensitive === true ? 0 : RE2JS.CASE_INSENSITIVE);
}

function compileTextTag(tag: CategoryTag): CompiledTag {
  const { expression, caseSensitive = false } = tag;
  const folded = fold(expression);
  return {
    language: tag.languageCode?.toLowerCase(),
    literals: [folded.slice(-literalLengthMax)],
    isCertain: !caseSensitive && folded.length <= literalLengthMax,
    test: caseSensitive ? (text) => text.includes(expression) : (text) => fold(text).includes(folded),
  };
}

function compileExpressionTag(tag: CategoryTag): CompiledTag {
  // Compiling takes longer than many searches, so it waits for the first text that may match. One that was
  // stored by an earlier release and is no expression any more matches nothing.
  let expression: RE2JS | null | undefined;
  return {
    language: tag.languageCode?.toLowerCase(),
    literals: requiredLiterals(tag.expression),
    isCertain: false,
    test(text) {
      if (expression === undefined) expression = compiledOrNull(tag);
      return expression?.test(text) === true;
    },
  };
}

function compiledOrNull(tag: CategoryTag): RE2JS | null {
  try {
    return compileExpression(tag);
  } catch {
    return null;
  }
}
