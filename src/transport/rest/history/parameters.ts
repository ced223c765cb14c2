/**
 * Parameters of the History REST API (spec/rest.md section 2): their schemas, and what is said when one is
 * wrong.
 */
import type { FastifySchemaValidationError } from 'fastify/types/schema.js';
import Type, { type Static, type TProperties } from 'typebox';
import { AppError } from '../../../base/index.js';
import { idRule } from '../../../model/index.js';

const text = Type.Optional(Type.String({ maxLength: 4_096 }));
const flag = Type.Optional(Type.Boolean());

/** Maximum age in seconds; older items are left out. */
const age = { age: Type.Optional(Type.Integer({ minimum: 0, maximum: 10_000_000_000 })) };
/** `all categories` is the same as none. */
const category = { category: text };

const include = {
  pages: { include_pages: flag, include_pages_detail: flag },
  events: { include_events: flag, include_events_detail: flag },
  visits: { include_visits: flag, include_visits_detail: flag },
};

const eventFilter = {
  ...age,
  ...category,
  eventName: text,
  eventType: Type.Optional(Type.Enum(['SYSTEM', 'BUSINESS', 'ACTIONABLE'])),
};

const pageFilter = { ...age, ...category, url: text, title: text };

/** No other parameter is taken but `_`, with which some clients keep their caches away. */
function closed<Properties extends TProperties>(properties: Properties) {
  return Type.Object({ ...properties, _: text }, { additionalProperties: false });
}

export const parameters = {
  none: closed({}),
  visit: closed({ ...include.pages, ...include.events }),
  eventsOfVisit: closed({ ...eventFilter, url: text, browserPageID: text }),
  eventsOfPage: closed(eventFilter),
  pages: closed({ ...pageFilter, ...include.events }),
  identity: closed({ ...include.visits, ...include.pages, ...include.events }),
  identitiesOfVisit: closed({
    ...include.visits,
    ...include.pages,
    ...include.events,
    association: Type.Optional(Type.Enum(['Authenticated', 'Recognized'])),
  }),
  visitsOfIdentity: closed({
    ...age,
    globalVisitID: text,
    userAgent: text,
    ...include.pages,
    ...include.events,
  }),
  identities: closed({
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500 })),
    /** The last id of the page before. */
    after: text,
  }),
};

export type Parameters<Name extends keyof typeof parameters> = Static<(typeof parameters)[Name]>;

/** An id in a path. An identity's is whatever the site calls its customers. */
export const pathIds = {
  visitId: Type.String({ pattern: '^[0-9A-Za-z][0-9A-Za-z._-]{0,63}$' }),
  pageId: Type.String({ pattern: '^[0-9A-Za-z][0-9A-Za-z._-]{0,63}$' }),
  interactionId: Type.String({ pattern: '^[0-9A-Za-z][0-9A-Za-z._-]{0,79}$' }),
  identityId: Type.String({ minLength: 1, maxLength: 256 }),
};

/** What a caller reads for the first rule that a request breaks. */
export function explainViolation(errors: readonly FastifySchemaValidationError[]): AppError {
  const [first] = errors;
  if (first === undefined) return new AppError('BAD_REQUEST', 'the request is wrong');
  const { keyword, instancePath, params } = first;
  if (keyword === 'additionalProperties') {
    const field = String(params.additionalProperty);
    return new AppError('BAD_REQUEST', `${field} is no parameter of this request`, { field });
  }
  const field = instancePath.slice(1);
  return new AppError('BAD_REQUEST', `${field} ${ruleOf(keyword, params, first.message)}`, { field });
}

function ruleOf(keyword: string, params: Record<string, unknown>, otherwise = 'is wrong'): string {
  if (keyword === 'enum') return `must be one of ${(params.allowedValues as string[]).join(', ')}`;
  if (keyword === 'pattern') return `must be ${idRule}`;
  if (keyword === 'type' && params.type === 'boolean') return 'must be true or false';
  if (keyword === 'type' && params.type === 'integer') return 'must be a whole number';
  if (keyword === 'type' && params.type === 'string') return 'must be given once';
  return otherwise;
}

/**
 * Throws BAD_REQUEST for an `include_x_detail` without its `include_x`: the detail would silently be missing.
 */
export function checkIncludes(query: Readonly<Record<string, unknown>>): void {
  for (const what of ['visits', 'pages', 'events']) {
    const field = `include_${what}_detail`;
    if (query[field] === true && query[`include_${what}`] !== true) {
      throw new AppError('BAD_REQUEST', `${field} needs include_${what}=true`, { field });
    }
  }
}
