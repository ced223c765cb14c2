/**
 * The events of a visit (spec/monitoring.md section 3): what the browser sends, and what rules make of it.
 */
import { type JsonObject, type JsonValue, jsonDepth } from '../base/index.js';
import { idRule, isId } from './ids.js';

export type EventType = 'SYSTEM' | 'BUSINESS' | 'ACTIONABLE';

/** The closed set of system events; a site can neither add to it nor change it. */
export const systemEventNames = [
  'VisitStarted',
  'PageEntered',
  'PageExited',
  'SignIn',
  'SignOut',
  'UserInfo',
] as const;

export interface VisitorEvent {
  eventType: EventType;
  eventName: string;
  eventID: string;
  pageID: string;
  visitID: string;
  globalVisitID: string;
  /** Epoch milliseconds, browser's clock. */
  timestamp: number;
  /** Names of matched categories, joined with `;`. */
  category: string;
  url: string;
  languageCode: string;
  data: JsonObject;
}

type Optional = 'category' | 'url' | 'languageCode' | 'data';
/** An event as a browser may send it: what says where and what may be left out. */
type SentEvent = Omit<VisitorEvent, Optional> & { [Field in Optional]?: VisitorEvent[Field] | null };

/** Limits of what one browser may send; over one of them the event is rejected by name. */
export const eventLimits = {
  batchEventsMax: 100,
  batchBytesMax: 256 * 1024,
  nameLengthMax: 128,
  categoryLengthMax: 2_048,
  urlLengthMax: 4_096,
  languageLengthMax: 35,
  dataBytesMax: 16 * 1024,
  dataDepthMax: 8,
} as const;

export interface EventRejection {
  index: number;
  field: string;
  message: string;
}

export interface EventBatch {
  accepted: VisitorEvent[];
  rejected: EventRejection[];
}

const systemNames: ReadonlySet<string> = new Set(systemEventNames);

/**
 * Splits the events of one request into those that keep every rule and those that break one, each with its
 * reason.
 */
export function validateEvents(items: readonly unknown[]): EventBatch {
  const batch: EventBatch = { accepted: [], rejected: [] };
  for (let index = 0; index < items.length; index++) {
    const problem = problemOf(items[index]);
    if (problem === undefined) batch.accepted.push(withDefaults(items[index] as SentEvent));
    else batch.rejected.push({ index, field: problem[0], message: problem[1] });
  }
  return batch;
}

function problemOf(item: unknown): [field: string, message: string] | undefined {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) return ['', 'must be a JSON object'];
  const event = item as Record<keyof VisitorEvent, unknown>;
  return identityProblem(event) ?? contentProblem(event) ?? dataProblem(event.data);
}

function identityProblem(event: Record<keyof VisitorEvent, unknown>): [string, string] | undefined {
  const { eventType, eventName } = event;
  if (typeof eventName !== 'string' || eventName.length === 0)
    return ['eventName', 'must be a non-empty string'];
  if (eventName.length > eventLimits.nameLengthMax) {
    return ['eventName', `must have at most ${eventLimits.nameLengthMax} characters`];
  }
  if (eventType !== 'SYSTEM' && eventType !== 'BUSINESS')
    return ['eventType', 'must be "SYSTEM" or "BUSINESS"'];
  if ((eventType === 'SYSTEM') !== systemNames.has(eventName)) {
    return [
      'eventType',
      `must be "${systemNames.has(eventName) ? 'SYSTEM' : 'BUSINESS'}" for "${eventName}"`,
    ];
  }
  if (!isId(event.eventID)) return ['eventID', `must be ${idRule}`];
  if (!isId(event.pageID)) return ['pageID', `must be ${idRule}`];
  if (!isId(event.visitID)) return ['visitID', `must be ${idRule}`];
  if (!isId(event.globalVisitID)) return ['globalVisitID', `must be ${idRule}`];
  return undefined;
}

function contentProblem(event: Record<keyof VisitorEvent, unknown>): [string, string] | undefined {
  const { timestamp } = event;
  if (typeof timestamp !== 'number' || !Number.isSafeInteger(timestamp) || timestamp < 0) {
    return ['timestamp', 'must be epoch milliseconds, a whole number from 0'];
  }
  return (
    textProblem('category', event.category, eventLimits.categoryLengthMax) ??
    textProblem('url', event.url, eventLimits.urlLengthMax) ??
    textProblem('languageCode', event.languageCode, eventLimits.languageLengthMax)
  );
}

function textProblem(field: string, value: unknown, lengthMax: number): [string, string] | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') return [field, 'must be a string'];
  return value.length > lengthMax ? [field, `must have at most ${lengthMax} characters`] : undefined;
}

function dataProblem(data: unknown): [string, string] | undefined {
  if (data === undefined || data === null) return undefined;
  if (typeof data !== 'object' || Array.isArray(data)) return ['data', 'must be a JSON object'];
  const { dataDepthMax, dataBytesMax } = eventLimits;
  if (jsonDepth(data, dataDepthMax + 1) > dataDepthMax)
    return ['data', `must nest at most ${dataDepthMax} deep`];
  const size = roughSize(data as JsonObject);
  if (Number.isNaN(size)) return ['data', 'must have no number too large for JSON'];
  if (size > dataBytesMax) return ['data', `must have at most ${dataBytesMax} bytes`];
  return undefined;
}

/** A cheap estimate of a value's JSON length in characters; NaN when a number in it is not finite. */
function roughSize(value: JsonValue): number {
  if (typeof value === 'string') return value.length + 2;
  if (typeof value === 'number') return Number.isFinite(value) ? 8 : NaN;
  if (typeof value !== 'object' || value === null) return 5;
  let size = 2;
  if (Array.isArray(value)) for (const item of value) size += 1 + roughSize(item);
  else for (const key in value) size += key.length + 4 + roughSize(value[key] ?? null);
  return size;
}

/** Optional fields of the wire become present ones, and unknown fields fall away. */
function withDefaults(event: SentEvent): VisitorEvent {
  return {
    eventType: event.eventType,
    eventName: event.eventName,
    eventID: event.eventID,
    pageID: event.pageID,
    visitID: event.visitID,
    globalVisitID: event.globalVisitID,
    timestamp: event.timestamp,
    category: event.category ?? '',
    url: event.url ?? '',
    languageCode: event.languageCode ?? '',
    data: event.data ?? {},
  };
}

/** The id that a site's event gives for the person: `userID`, or `userId` as some sites write it. */
export function identityIdIn(data: JsonObject): string | undefined {
  const id = data.userID ?? data.userId;
  if (typeof id === 'number') return String(id);
  return typeof id === 'string' && id.length > 0 && id.length <= 256 ? id : undefined;
}
