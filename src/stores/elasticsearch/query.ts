/** A condition in Elasticsearch's query language. */
import type { estypes } from '@elastic/elasticsearch';
import { fieldOf, wordsOf } from '../index-documents/index.js';
import type { Condition, IndexEntity } from '../search-index.js';

type Query = estypes.QueryDslQueryContainer;

const nothing: Query = { match_none: {} };

/** Everything is a filter: nobody asks how well a document matches. */
export function queryOf(entity: IndexEntity, condition: Condition): Query {
  switch (condition.kind) {
    case 'all':
      return { match_all: {} };
    case 'equals':
      return equals(entity, condition.field, condition.values);
    case 'range': {
      const { field, from, before } = condition;
      return {
        range: {
          [field]: {
            ...(from === undefined ? {} : { gte: from }),
            ...(before === undefined ? {} : { lt: before }),
          },
        },
      };
    }
    case 'exists':
      return { exists: { field: condition.field } };
    case 'words': {
      const words = wordsOf(condition.words);
      return words.length === 0
        ? nothing
        : { bool: { filter: words.map((word) => ({ term: { words: word } })) } };
    }
    case 'and':
      return { bool: { filter: condition.of.map((part) => queryOf(entity, part)) } };
    case 'or':
      return condition.of.length === 0
        ? nothing
        : { bool: { should: condition.of.map((part) => queryOf(entity, part)), minimum_should_match: 1 } };
    case 'not':
      return { bool: { must_not: [queryOf(entity, condition.of)] } };
  }
}

function equals(entity: IndexEntity, field: string, values: readonly (string | number)[]): Query {
  const kind = fieldOf(entity, field)?.kind;
  const numeric = kind === 'date' || kind === 'number';
  // A number that is none is equal to nothing, as a text is that no index compares.
  const terms = numeric ? values.filter((value) => Number.isSafeInteger(value)) : values.map(String);
  return terms.length === 0 ? nothing : { terms: { [field]: terms } };
}
