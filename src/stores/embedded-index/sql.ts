/** A condition as SQL over the documents and their tokens. */
import { documentLimits, fieldOf, wordsOf } from '../index-documents/index.js';
import type { Condition, IndexEntity } from '../search-index.js';
import { leafToken, valueToken, wordToken } from './tokens.js';

export interface Sql {
  text: string;
  parameters: (string | number)[];
}

const everything: Sql = { text: '1', parameters: [] };
const nothing: Sql = { text: '0', parameters: [] };

/** Field names come from the table of fields or are hashed: nothing of a request stands in the text. */
export function sqlOf(entity: IndexEntity, condition: Condition): Sql {
  switch (condition.kind) {
    case 'all':
      return everything;
    case 'equals':
      return equals(entity, condition.field, condition.values);
    case 'range':
      return range(condition.field, condition.from, condition.before);
    case 'exists':
      return exists(entity, condition.field);
    case 'words': {
      const words = wordsOf(condition.words);
      return words.length === 0 ? nothing : hasTokens(words.map(wordToken).join(' AND '));
    }
    case 'and':
      return joined(entity, condition.of, ' AND ', everything);
    case 'or':
      return joined(entity, condition.of, ' OR ', nothing);
    case 'not': {
      const { text, parameters } = sqlOf(entity, condition.of);
      return { text: `NOT coalesce(${text}, 0)`, parameters };
    }
  }
}

function joined(entity: IndexEntity, parts: readonly Condition[], by: string, none: Sql): Sql {
  if (parts.length === 0) return none;
  const each = parts.map((part) => sqlOf(entity, part));
  return {
    text: `(${each.map(({ text }) => text).join(by)})`,
    parameters: each.flatMap(({ parameters }) => parameters),
  };
}

function hasTokens(match: string): Sql {
  return { text: 'number IN (SELECT rowid FROM tokens WHERE tokens MATCH ?)', parameters: [match] };
}

function equals(entity: IndexEntity, field: string, values: readonly (string | number)[]): Sql {
  if (values.length === 0) return nothing;
  if (field === 'entity') return values.includes(entity) ? everything : nothing;
  if (field === '@timestamp') {
    const marks = values.map(() => '?').join(',');
    return { text: `(at IN (${marks}) AND ${hasTime})`, parameters: [...values] };
  }
  return hasTokens(values.map((value) => valueToken(field, String(value))).join(' OR '));
}

const hasTime = `json_type(body, '$."@timestamp"') IS NOT NULL`;

/** Where a field is in the body; of `queues.at`, the list and the field of its items. */
export function placeOf(field: string): { list: string; inner: string | undefined } {
  const [parent = field, child] = field.split('.');
  return { list: `$."${parent}"`, inner: child === undefined ? undefined : `$."${child}"` };
}

function range(field: string, from = Number.MIN_SAFE_INTEGER, before = Number.MAX_SAFE_INTEGER + 1): Sql {
  if (field === '@timestamp') {
    return { text: `(at >= ? AND at < ? AND ${hasTime})`, parameters: [from, before] };
  }
  const { list, inner } = placeOf(field);
  if (inner === undefined) {
    const value = `json_extract(body, '${list}')`;
    return { text: `(${value} >= ? AND ${value} < ?)`, parameters: [from, before] };
  }
  const value = `json_extract(value, '${inner}')`;
  const items = `SELECT 1 FROM json_each(body, '${list}') WHERE ${value} >= ? AND ${value} < ?`;
  return { text: `EXISTS (${items})`, parameters: [from, before] };
}

function exists(entity: IndexEntity, field: string): Sql {
  if (field === 'entity' || field === 'id') return everything;
  if (fieldOf(entity, field)?.kind === 'tree') return hasTokens(leafToken(field));
  const { list } = placeOf(field);
  const type = `json_type(body, '${list}')`;
  const text =
    `CASE ${type} WHEN 'array' THEN json_array_length(body, '${list}') > 0 ` +
    `WHEN 'text' THEN length(json_extract(body, '${list}')) <= ${documentLimits.keywordLengthMax} ` +
    `ELSE ${type} IS NOT NULL END`;
  // A text that is searched by its words has no bound.
  return { text: fieldOf(entity, field)?.kind === 'text' ? `${type} IS NOT NULL` : text, parameters: [] };
}
