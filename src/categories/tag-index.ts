/** All tags that look into the same texts, tried together: the automaton says which are worth a test. */
import { type CompiledTag } from './compiled-tag.js';
import { fold } from './fold.js';
import { createLiteralIndex, type Literal } from './literal-index.js';

export interface IndexedTag {
  readonly tag: CompiledTag;
  /** Position of its category. */
  readonly category: number;
}

export interface TagIndex {
  /** Adds the categories of the tags that match one of `texts`. */
  find(texts: readonly string[], language: string, into: Set<number>): void;
}

export function createTagIndex(tags: readonly IndexedTag[]): TagIndex {
  const literals: Literal[] = [];
  const unfiltered: IndexedTag[] = [];
  for (const [id, entry] of tags.entries()) {
    if (entry.tag.literals === undefined) unfiltered.push(entry);
    else for (const text of entry.tag.literals) literals.push({ text, id });
  }
  const index = createLiteralIndex(literals);

  return {
    find(texts, language, into) {
      const pageLanguage = language.toLowerCase();
      const tryTag = ({ tag, category }: IndexedTag, text: string, hasLiteral: boolean): void => {
        if (into.has(category) || !speaks(pageLanguage, tag.language)) return;
        if ((hasLiteral && tag.isCertain) || tag.test(text)) into.add(category);
      };
      for (const text of texts) {
        index.scan(fold(text), (id) => tryTag(tags[id] as IndexedTag, text, true));
        for (const entry of unfiltered) tryTag(entry, text, false);
      }
    },
  };
}

/** `en` covers `en-US`; `en-US` covers only itself. */
function speaks(pageLanguage: string, tagLanguage: string | undefined): boolean {
  return (
    tagLanguage === undefined || pageLanguage === tagLanguage || pageLanguage.startsWith(`${tagLanguage}-`)
  );
}
