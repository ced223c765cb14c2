/** What the History REST API answers (spec/rest.md section 2), as schemas for its OpenAPI document. */
import Type, { type TSchema } from 'typebox';

const id = Type.String();
const date = Type.Number({ description: 'Epoch milliseconds.' });
const endDate = Type.Number({ description: 'Epoch milliseconds; 0 while it is open.' });
const nullable = <Schema extends TSchema>(schema: Schema) => Type.Union([schema, Type.Null()]);
const ids = nullable(Type.Array(id));

export const event = Type.Object({
  eventId: id,
  eventName: Type.String(),
  eventType: Type.Enum(['SYSTEM', 'BUSINESS', 'ACTIONABLE']),
  visitId: id,
  pageId: id,
  globalVisitID: id,
  timestamp: date,
  category: Type.String({ description: 'Names of categories, joined with ";".' }),
  url: Type.String(),
  languageCode: Type.String(),
  data: Type.Object({}, { additionalProperties: true }),
});

const eventReferences = { eventIds: ids, events: nullable(Type.Array(event)) };

export const page = Type.Object({
  pageId: id,
  visitId: id,
  url: Type.String(),
  title: Type.String(),
  category: Type.String(),
  startDate: date,
  endDate,
  ...eventReferences,
});

const pageReferences = { pageIds: ids, pages: nullable(Type.Array(page)) };

export const visit = Type.Object({
  visitId: id,
  startDate: date,
  endDate,
  globalVisitID: id,
  userAgentId: nullable(id),
  ...eventReferences,
  ...pageReferences,
});

export const session = Type.Object({
  sessionId: id,
  visitId: id,
  identityId: id,
  startDate: date,
  endDate,
  duration: Type.Number({ description: 'Seconds.' }),
  ...eventReferences,
  ...pageReferences,
});

export const identity = Type.Object({
  identityId: id,
  name: nullable(Type.String()),
  location: nullable(Type.String()),
  entityInCS: nullable(id),
  visitScope: nullable(Type.Enum(['Authenticated', 'Recognized'])),
  ...eventReferences,
  ...pageReferences,
  visitIds: ids,
  visits: nullable(Type.Array(visit)),
});

export const engagement = Type.Object({
  interactionId: id,
  visitId: id,
  pageId: id,
  rule: Type.String(),
  actionableEventId: id,
  state: Type.String(),
  reason: nullable(Type.String()),
  channel: Type.String(),
  startDate: date,
  endDate,
  queues: Type.Array(Type.Object({ queue: Type.String(), at: date })),
  userData: Type.Object({}, { additionalProperties: true }),
});

const error = Type.Object({
  error: Type.String({ description: 'A code of the table of errors.' }),
  message: Type.String(),
  field: Type.Optional(Type.String({ description: 'The parameter that is wrong.' })),
});

/** The answers that every request may get. */
export const errors = {
  400: { ...error, description: 'A parameter is wrong; the message says which and why.' },
  401: { ...error, description: 'The user name or the password is missing or wrong.' },
  404: { ...error, description: 'Nothing is kept under that id.' },
  429: { ...error, description: 'Too many wrong passwords from this address.' },
  503: { ...error, description: 'The store does not answer now; Retry-After says when to repeat.' },
};
