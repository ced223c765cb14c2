/**
 * Which index a document lies in: one a day and entity, chosen by the document's own date, so that a write
 * that is repeated after midnight lands where the first one did. A date far from now, which only a wrong
 * clock or a hostile browser has, opens no index of its own.
 */
import { type IndexDocument, indexEntities, type IndexEntity } from '../search-index.js';

const dayMs = 86_400_000;
/** How far back days have indices of their own where documents are kept for ever. */
const daysMax = 400;

/** Kept in one index: what they say can change at any later time, and their date with it. */
const undatedEntities: ReadonlySet<IndexEntity> = new Set(['identity', 'association']);

export interface IndexNames {
  /** Alias of all documents. */
  readonly all: string;
  /** Alias of an entity's documents. */
  alias(entity: IndexEntity): string;
  /** Pattern of an entity's indices. */
  pattern(entity: IndexEntity): string;
  /** Where `document` lies; `undated` when that is the entity's index without a day. */
  placeOf(document: IndexDocument, nowMs: number): { index: string; undated: boolean };
  /** Of an index of ours, its entity and the day it begins at; undefined for others. */
  read(index: string): { entity: IndexEntity; dayMs: number | undefined } | undefined;
}

/** `keepMs` gives how long an entity is kept, 0 for ever. `name` is `cassandraKeyspace/name`. */
export function indexNames(name: string, keepMs: (entity: IndexEntity) => number): IndexNames {
  const prefix = name.toLowerCase();
  const form = new RegExp(
    `^${prefix}-(${indexEntities.join('|')})-(?:undated|(\\d{4})\\.(\\d\\d)\\.(\\d\\d))$`,
  );

  /** The date whose day has an index of its own, when the document has one. */
  function datedAt({ entity, ['@timestamp']: atMs }: IndexDocument, nowMs: number): number | undefined {
    if (undatedEntities.has(entity) || typeof atMs !== 'number') return undefined;
    const kept = keepMs(entity);
    const sinceMs = nowMs - (kept === 0 ? daysMax * dayMs : kept + dayMs);
    return atMs >= sinceMs && atMs < nowMs + dayMs ? atMs : undefined;
  }

  return {
    all: prefix,
    alias: (entity) => `${prefix}-${entity}`,
    pattern: (entity) => `${prefix}-${entity}-*`,
    placeOf(document, nowMs) {
      const { entity } = document;
      const atMs = datedAt(document, nowMs);
      if (atMs === undefined) return { index: `${prefix}-${entity}-undated`, undated: true };
      const day = new Date(atMs).toISOString().slice(0, 10).replaceAll('-', '.');
      return { index: `${prefix}-${entity}-${day}`, undated: false };
    },
    read(index) {
      const match = form.exec(index);
      if (match === null) return undefined;
      const [, entity, year, month, day] = match;
      return {
        entity: entity as IndexEntity,
        dayMs: year === undefined ? undefined : Date.UTC(Number(year), Number(month) - 1, Number(day)),
      };
    },
  };
}
