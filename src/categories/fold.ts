/**
 * One form for texts whose case does not count. Folding a part gives a part of the folded whole, whatever
 * stands around it, so that a search in folded text finds what it should.
 */

/** Letters whose lower case depends on what follows, or that expressions take for an ASCII letter. */
const special = /[ςſ]/;

export function fold(text: string): string {
  const lower = text.toLowerCase();
  return special.test(lower) ? lower.replaceAll('ς', 'σ').replaceAll('ſ', 's') : lower;
}
