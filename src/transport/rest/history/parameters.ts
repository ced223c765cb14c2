/**
 * Parameters of the History REST API (spec/rest.md section 2): their schemas, and what is said when one is
 * wrong.
 */
import type { FastifySchemaValidationError } from 'fastify/types/schema.js';
import Type, { type Static, type TProperties } from 'typebox';
import { AppError } from '../../../base/index.js';
import { eventLimits, idRule, type VisitIdentity } from '../../../model/index.js';

const text = Type.Optional(Type.String({ maxLength: 4_096 }));
const flag = Type.Optional(Type.Boolean());

/** Events of one answer at most; its `Link` header leads to the next. */
export const eventsOfAnswerMax = 50_000;
/** Visits of an identity that one answer looks at; its `Link` header leads to the next. */
export const visitsOfAnswerMax = 1_000;

const age = {
  age: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 10_000_000_000,
      description: 'Maximum age in seconds; older items are left out.',
    }),
  ),
};
const category = {
  category: Type.Optional(
    Type.String({ maxLength: 4_096, description: 'A name; "all categories" is the same as none.' }),
  ),
};

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

const eventPaging = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: eventsOfAnswerMax })),
  after: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: Number.MAX_SAFE_INTEGER,
      description: 'Where the answer before ended, as its Link header says.',
    }),
  ),
};

const placePattern = '^[0-9]{1,15}_[0-9A-Za-z][0-9A-Za-z._-]{0,63}$';

const visitPaging = {
  limit: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: visitsOfAnswerMax,
      description: 'Visits that the answer looks at, the newest first.',
    }),
  ),
  after: Type.Optional(
    Type.String({
      pattern: placePattern,
      description: 'Where the answer before ended, as its Link header says.',
    }),
  ),
};

/** No other parameter is taken but `_`, with which some clients keep their caches away. */
function closed<Properties extends TProperties>(properties: Properties) {
  return Type.Object({ ...properties, _: text }, { additionalProperties: false });
}

export const parameters = {
  none: closed({}),
  visit: closed({ ...include.pages, ...include.events }),
  eventsOfVisit: closed({ ...eventFilter, ...eventPaging, url: text, browserPageID: text }),
  eventsOfPage: closed({ ...eventFilter, ...eventPaging }),
  eventsOfSession: closed({ ...eventFilter, url: text }),
  pages: closed({ ...pageFilter, ...include.events }),
  pagesOfIdentity: closed({ ...pageFilter, ...visitPaging, ...include.events }),
  session: closed({ ...include.pages, ...include.events }),
  sessionsOfVisit: closed({ ...age, identityId: text, ...include.pages, ...include.events }),
  sessionsOfIdentity: closed({ ...age, ...visitPaging, ...include.pages, ...include.events }),
  identity: closed({ ...visitPaging, ...include.visits, ...include.pages, ...include.events }),
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
    ...visitPaging,
    ...include.pages,
    ...include.events,
  }),
  identities: closed({
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500 })),
    after: Type.Optional(Type.String({ maxLength: 256, description: 'The last id of the answer before.' })),
  }),
};

export type Parameters<Name extends keyof typeof parameters> = Static<(typeof parameters)[Name]>;

const id = { pattern: '^[0-9A-Za-z][0-9A-Za-z._-]{0,63}$' };

/** An id in a path. An identity's is whatever the site calls its customers. */
export const pathIds = {
  visitId: Type.String(id),
  pageId: Type.String(id),
  eventId: Type.String(id),
  sessionId: Type.String({ pattern: '^[0-9A-Za-z][0-9A-Za-z._-]{0,79}$' }),
  interactionId: Type.String({ pattern: '^[0-9A-Za-z][0-9A-Za-z._-]{0,79}$' }),
  identityId: Type.String({ minLength: 1, maxLength: 256 }),
};

export const bodies = {
  visit: Type.Object(
    {
      visitId: Type.Optional(Type.String({ ...id, description: 'Default: a new one.' })),
      globalVisitID: Type.Optional(Type.String({ ...id, description: 'Default: a new one.' })),
      userAgent: Type.Optional(Type.String({ maxLength: 512 })),
    },
    { additionalProperties: false },
  ),
  event: Type.Object(
    {
      eventName: Type.String({ minLength: 1, maxLength: eventLimits.nameLengthMax }),
      eventType: Type.Optional(Type.Enum(['SYSTEM', 'BUSINESS'], { description: 'Default: BUSINESS.' })),
      eventId: Type.Optional(
        Type.String({ ...id, description: 'Default: a new one. An event that is known is not taken again.' }),
      ),
      pageId: Type.Optional(Type.String({ ...id, description: 'Default: the page entered last.' })),
      timestamp: Type.Optional(
        Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description: 'Default: now.' }),
      ),
      category: Type.Optional(Type.String({ maxLength: eventLimits.categoryLengthMax })),
      url: Type.Optional(Type.String({ maxLength: eventLimits.urlLengthMax })),
      languageCode: Type.Optional(Type.String({ maxLength: eventLimits.languageLengthMax })),
      data: Type.Optional(Type.Object({}, { additionalProperties: true })),
    },
    { additionalProperties: false },
  ),
};

export type Body<Name extends keyof typeof bodies> = Static<(typeof bodies)[Name]>;

type Place = Pick<VisitIdentity, 'at' | 'visitId'>;

/** Where an answer ended that looks at an identity's visits, as its `after` and back. */
export const placeAfter = ({ at, visitId }: Place): string => `${at}_${visitId}`;
export function placeIn(after: string): Place {
  const end = after.indexOf('_');
  return { at: Number(after.slice(0, end)), visitId: after.slice(end + 1) };
}

/** What a caller reads for the first rule that a request breaks. */
export function explainViolation(errors: readonly FastifySchemaValidationError[]): AppError {
  const [first] = errors;
  if (first === undefined) return new AppError('BAD_REQUEST', 'the request is wrong');
  const { keyword, instancePath, params } = first;
  if (keyword === 'additionalProperties') {
    const field = String(params.additionalProperty);
    return new AppError('BAD_REQUEST', `${field} is no parameter of this request`, { field });
  }
  if (keyword === 'required') {
    const field = String(params.missingProperty);
    return new AppError('BAD_REQUEST', `${field} is missing`, { field });
  }
  const field = instancePath.slice(1);
  if (field === '') return new AppError('BAD_REQUEST', `the body ${first.message ?? 'is wrong'}`);
  return new AppError('BAD_REQUEST', `${field} ${ruleOf(keyword, params, first.message)}`, { field });
}

function ruleOf(keyword: string, params: Record<string, unknown>, otherwise = 'is wrong'): string {
  if (keyword === 'enum') return `must be one of ${(params.allowedValues as string[]).join(', ')}`;
  if (keyword === 'pattern' && params.pattern === placePattern) return 'must be as a Link header says';
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
