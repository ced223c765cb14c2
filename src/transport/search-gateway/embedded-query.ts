/**
 * The part of Elasticsearch's search language that the embedded index answers, read into our own conditions.
 * What is not here is refused by its name.
 */
import { AppError } from '../../base/index.js';
import type { Condition, CountBy, IndexEntity, IndexSearch } from '../../stores/index.js';

type Json = Record<string, unknown>;

export interface EmbeddedSearch {
  search: IndexSearch;
  /** Top-level fields to show; undefined for all. */
  fields: readonly string[] | undefined;
  counts: ReadonlyMap<string, CountBy>;
}

const sizeDefault = 10;
const bucketsDefault = 10;
const countsMax = 20;

function refuse(message: string): never {
  throw new AppError('BAD_REQUEST', message);
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function objectOf(value: unknown, what: string): Json {
  return isObject(value) ? value : refuse(`${what} must be an object`);
}

/** The one member of an object: a query's name and body. */
function only(value: unknown, what: string): [name: string, body: unknown] {
  const [entry, ...more] = Object.entries(objectOf(value, what));
  if (entry === undefined || more.length > 0) refuse(`${what} must have exactly one member`);
  return entry;
}

const bodyFields = new Set([
  'query',
  'size',
  'from',
  'sort',
  'search_after',
  '_source',
  'aggs',
  'aggregations',
  'track_total_hits',
]);

/** Throws `AppError` BAD_REQUEST for what the embedded index does not answer. */
export function readSearch(entity: IndexEntity, body: unknown): EmbeddedSearch {
  const json = body === undefined ? {} : objectOf(body, 'the body');
  for (const name of Object.keys(json)) {
    if (!bodyFields.has(name)) refuse(`the embedded index does not understand [${name}]`);
  }
  if (json.from !== undefined && json.from !== 0)
    refuse('[from] is not understood; go on with [search_after]');
  const after = cursorOf(json.search_after);
  const limit = json.size ?? sizeDefault;
  if (typeof limit !== 'number') refuse('[size] must be a number');
  return {
    search: {
      entity,
      where: json.query === undefined ? { kind: 'all' } : readQuery(json.query),
      order: orderOf(json.sort),
      limit,
      ...(after === undefined ? {} : { after }),
    },
    fields: sourceOf(json._source),
    counts: readCounts(json.aggs ?? json.aggregations),
  };
}

function cursorOf(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  const [cursor] = Array.isArray(value) ? (value as unknown[]) : [];
  return typeof cursor === 'string' ? cursor : refuse('[search_after] must be the [sort] of a hit before');
}

function orderOf(sort: unknown): 'newest' | 'oldest' {
  if (sort === undefined) return 'newest';
  const items: unknown[] = Array.isArray(sort) ? sort : [sort];
  const [first] = items;
  if (items.length !== 1) refuse('[sort] must be by @timestamp alone');
  const [field, how] = typeof first === 'string' ? [first, 'asc'] : only(first, '[sort]');
  const direction = isObject(how) ? how.order : how;
  if (field !== '@timestamp' || (direction !== 'asc' && direction !== 'desc')) {
    refuse('[sort] must be by @timestamp, asc or desc');
  }
  return direction === 'asc' ? 'oldest' : 'newest';
}

function sourceOf(value: unknown): readonly string[] | undefined {
  if (value === undefined || value === true) return undefined;
  if (value === false) return [];
  const names: unknown[] = Array.isArray(value) ? value : [value];
  if (names.every((name) => typeof name === 'string' && !name.includes('*'))) return names as string[];
  return refuse('[_source] must be true, false or names of fields');
}

/** Throws `AppError` BAD_REQUEST for a query that the embedded index does not answer. */
export function readQuery(query: unknown): Condition {
  const [name, body] = only(query, 'a query');
  switch (name) {
    case 'match_all':
      return { kind: 'all' };
    case 'match_none':
      return { kind: 'or', of: [] };
    case 'term': {
      const [field, value] = only(body, '[term]');
      return equals(field, [isObject(value) ? value.value : value]);
    }
    case 'terms': {
      const [field, values] = only(body, '[terms]');
      return equals(field, Array.isArray(values) ? values : refuse('[terms] must have a list'));
    }
    case 'ids':
      return equals('id', objectOf(body, '[ids]').values);
    case 'exists':
      return { kind: 'exists', field: String(objectOf(body, '[exists]').field) };
    case 'range':
      return range(...only(body, '[range]'));
    case 'simple_query_string':
      return words(objectOf(body, '[simple_query_string]'));
    case 'bool':
      return bool(objectOf(body, '[bool]'));
    default:
      return refuse(`the embedded index does not understand the query [${name}]`);
  }
}

function equals(field: string, values: unknown): Condition {
  const known = Array.isArray(values) ? (values as unknown[]) : refuse('values must be a list');
  return {
    kind: 'equals',
    field,
    values: known.map((value) => {
      if (typeof value === 'boolean') return String(value);
      if (typeof value === 'string' || typeof value === 'number') return value;
      return refuse('a value must be a text, a number or a boolean');
    }),
  };
}

function words({ query, default_operator: operator, ...more }: Json): Condition {
  const isAll = typeof operator === 'string' && operator.toLowerCase() === 'and';
  if (typeof query !== 'string' || !isAll || Object.keys(more).length > 0) {
    refuse('[simple_query_string] must have [query] and [default_operator] and, and nothing else');
  }
  return { kind: 'words', words: query };
}

function range(field: string, body: unknown): Condition {
  const bounds = objectOf(body, '[range]');
  let [from, before] = [-Infinity, Infinity];
  for (const [name, value] of Object.entries(bounds)) {
    if (name === 'format') continue;
    const bound = boundOf(value);
    if (name === 'gte') from = Math.max(from, bound);
    else if (name === 'gt') from = Math.max(from, bound + 1);
    else if (name === 'lt') before = Math.min(before, bound);
    else if (name === 'lte') before = Math.min(before, bound + 1);
    else refuse(`[range] does not understand [${name}]`);
  }
  return {
    kind: 'range',
    field,
    ...(from === -Infinity ? {} : { from }),
    ...(before === Infinity ? {} : { before }),
  };
}

/** Epoch milliseconds, as a number or a text, or a date such as 2026-03-01T08:00Z. */
function boundOf(value: unknown): number {
  if (typeof value === 'number') return value;
  const ms = typeof value === 'string' ? (/^\d+$/.test(value) ? Number(value) : Date.parse(value)) : NaN;
  return Number.isNaN(ms) ? refuse('a bound must be epoch milliseconds or an ISO date') : ms;
}

function bool(body: Json): Condition {
  const parts: Condition[] = [];
  const should = clauses(body.should).map(readQuery);
  for (const [name, value] of Object.entries(body)) {
    if (name === 'must' || name === 'filter') parts.push(...clauses(value).map(readQuery));
    else if (name === 'must_not') {
      parts.push(...clauses(value).map((query): Condition => ({ kind: 'not', of: readQuery(query) })));
    } else if (name !== 'should' && name !== 'minimum_should_match') {
      refuse(`[bool] does not understand [${name}]`);
    }
  }
  const isOptional = body.must !== undefined || body.filter !== undefined;
  const needed = body.minimum_should_match ?? (isOptional ? 0 : 1);
  if (needed !== 0 && needed !== 1) refuse('[minimum_should_match] must be 0 or 1');
  if (should.length > 0 && needed === 1) parts.push({ kind: 'or', of: should });
  return { kind: 'and', of: parts };
}

function clauses(value: unknown): unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? (value as unknown[]) : [value];
}

function readCounts(value: unknown): ReadonlyMap<string, CountBy> {
  const counts = new Map<string, CountBy>();
  for (const [name, aggregation] of Object.entries(value === undefined ? {} : objectOf(value, '[aggs]'))) {
    counts.set(name, readCount(aggregation));
  }
  if (counts.size > countsMax) refuse(`[aggs] must have at most ${countsMax} members`);
  return counts;
}

function readCount(aggregation: unknown): CountBy {
  const [kind, value] = only(aggregation, 'an aggregation');
  const body = objectOf(value, `[${kind}]`);
  if (kind === 'terms' && typeof body.field === 'string') {
    const limit = body.size ?? bucketsDefault;
    return { kind: 'values', field: body.field, limit: typeof limit === 'number' ? limit : NaN };
  }
  const interval = body.calendar_interval ?? body.fixed_interval;
  if (kind === 'date_histogram' && body.field === '@timestamp') {
    if (interval === 'hour' || interval === '1h') return { kind: 'time', interval: 'hour' };
    if (interval === 'day' || interval === '1d') return { kind: 'time', interval: 'day' };
  }
  return refuse('an aggregation must be terms, or date_histogram of @timestamp by hour or day');
}
