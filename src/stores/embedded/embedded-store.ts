/** The operational store of one node without a database server: SQLite in a thread of its own. */
import { AppError } from '../../base/index.js';
import { decodeEvents, eventIdBytes, type VisitIdentity, type VisitResource } from '../../model/index.js';
import { type OperationalStore, type Row } from '../operational-store.js';
import { type StoreRequest } from './protocol.js';
import type { Entity, RowPage, RowPages } from '../row-pages.js';
import { hashOfEvent } from './event-hashes.js';
import { ofVisit, rowOf, wholes } from './all-rows.js';
import { type QueryName, type QueryValue, queries, type RawRow } from './queries.js';
import { type Retention } from '../retention.js';
import { flatten, storable } from './row-groups.js';
import { WorkerClient } from './worker-client.js';
import { workerFile } from './worker-file.js';

/** Rows of one reply of a read that could be long. */
const pageRows = 500;
/**
 * Segments, and hashes of how many writes, looked through by one read: a few milliseconds, so that other
 * requests get their turn.
 */
const stretchSegments = 10_000;
const stretchWrites = 200;
/** Searches under way at once, since each looks through the hashes of all that is kept. */
const searchesMax = 8;

export interface EmbeddedStoreOptions {
  /** The database's file; it and its companions `-wal` and `-shm` are made when there are none. */
  file: string;
  /** Default: everything for 14 days. */
  retention?: Retention;
  /** How often expired rows are looked for; default one minute. */
  purgeIntervalMs?: number;
  /** Default 10 seconds. */
  timeoutMs?: number;
  /** Default 1,000. */
  requestsMax?: number;
}

export interface EmbeddedStore extends OperationalStore, RowPages {
  /** Removes every expired row now. */
  purge(): Promise<void>;
  /** Ends the worker without a word, as a crash would; a later request starts a new one. For tests. */
  crash(): Promise<void>;
}

/**
 * Opens the store, making or migrating its database. Throws `AppError`: INTERNAL when the file is no database
 * of ours or of a newer version, STORE_UNAVAILABLE when the disk refuses. Text loses what is no character:
 * NUL or an unpaired surrogate in an id, URL, title or name comes back as U+FFFD.
 */
export async function openEmbeddedStore(options: EmbeddedStoreOptions): Promise<EmbeddedStore> {
  const client = await WorkerClient.start<StoreRequest>({
    workerFile: workerFile('store-worker'),
    settings: { file: options.file, purgeIntervalMs: options.purgeIntervalMs ?? 60_000 },
    timeoutMs: options.timeoutMs ?? 10_000,
    requestsMax: options.requestsMax ?? 1_000,
  });
  return new SqliteStore(client, options.retention ?? { all: 14 * 24 * 3_600 });
}

class SqliteStore implements EmbeddedStore {
  readonly #client: WorkerClient<StoreRequest>;
  readonly #retention: Retention;
  #searches = 0;

  constructor(client: WorkerClient<StoreRequest>, retention: Retention) {
    this.#client = client;
    this.#retention = retention;
  }

  async write(rows: readonly Row[]): Promise<void> {
    if (rows.length === 0) return;
    const { groups, bytes } = flatten(rows, this.#retention, Date.now());
    await this.#client.request({ kind: 'write', groups, bytes }, [bytes.buffer]);
  }

  async #all<Name extends QueryName>(
    name: Name,
    ...parameters: (string | number)[]
  ): Promise<QueryValue<Name>[]> {
    const rows = await this.#raw(name, parameters);
    return rows.map((row) => queries[name].toValue(row as never) as QueryValue<Name>);
  }

  #raw(query: QueryName, parameters: readonly (string | number)[]): Promise<RawRow[]> {
    return this.#client.request({ kind: 'read', query, parameters: parameters.map(storable) });
  }

  async #one<Name extends QueryName>(
    name: Name,
    ...parameters: (string | number)[]
  ): Promise<QueryValue<Name> | undefined> {
    return (await this.#all(name, ...parameters))[0];
  }

  readVisit = (visitId: string) => this.#one('visit', visitId);
  readVisitsStarted = (
    sinceMs: number,
    untilMs: number,
    limit: number,
    after: Pick<VisitResource, 'startDate' | 'visitId'> = { startDate: sinceMs, visitId: '' },
  ) => this.#all('visitsStarted', after.startDate, after.visitId, untilMs, limit);
  readVisitsOfGlobalVisit = (globalVisitID: string, limit: number) =>
    this.#all('visitsOfGlobalVisit', globalVisitID, limit);
  readPages = (visitId: string) => this.#all('pages', visitId);
  readPage = (pageId: string) => this.#one('page', pageId);
  readIdentity = (identityId: string) => this.#one('identity', identityId);
  readIdentities = (limit: number, afterId = '') => this.#all('identities', afterId, limit);
  readIdentitiesOfVisit = (visitId: string) => this.#all('identitiesOfVisit', visitId);
  readVisitsOfIdentity = (
    identityId: string,
    limit: number,
    { at, visitId }: Pick<VisitIdentity, 'at' | 'visitId'> = { at: Number.MAX_SAFE_INTEGER, visitId: '' },
  ) => this.#all('visitsOfIdentity', identityId, at, at, visitId, limit);
  readEngagements = (visitId: string) => this.#all('engagements', visitId);
  readEngagement = (interactionId: string) => this.#one('engagement', interactionId);
  readChat = (chatId: string) => this.#one('chat', chatId);
  readChatsOfVisit = (visitId: string) => this.#all('chatsOfVisit', visitId);
  readDocuments = (kind: string) => this.#all('documents', kind);
  readDocumentVersion = (kind: string, name: string, version: number) =>
    this.#one('documentVersion', kind, name, version);
  readDocumentHistory = (kind: string, name: string, limit: number) =>
    this.#all('documentHistory', kind, name, limit);
  readCell = (key: string) => this.#one('cell', key);

  async readEvents(visitId: string, fromOrdinal = 0): Promise<QueryValue<'events'>[]> {
    const segments: QueryValue<'events'>[] = [];
    for await (const page of this.#segments(visitId, fromOrdinal)) {
      for (const raw of page) segments.push(queries.events.toValue(raw));
    }
    return segments;
  }

  async *#segments(visitId: string, fromOrdinal: number): AsyncGenerator<RawRow[], void, undefined> {
    for (let after = 0; ;) {
      const page = await this.#raw('events', [visitId, after, fromOrdinal, pageRows]);
      yield page;
      const last = page.at(-1);
      if (last === undefined || page.length < pageRows) return;
      after = queries.events.toValue(last).firstOrdinal + 1;
    }
  }

  async readVisitIdOfEvent(eventId: string): Promise<string | undefined> {
    if (this.#searches >= searchesMax) throw new AppError('OVERLOADED', 'Too many events are searched for.');
    this.#searches++;
    try {
      return await this.#searchEvent(eventId);
    } finally {
      this.#searches--;
    }
  }

  async #searchEvent(eventId: string): Promise<string | undefined> {
    const hash = hashOfEvent(eventId);
    for (let to = (await this.#one('lastHashes')) ?? 0; to > 0; to -= stretchWrites) {
      const places = await this.#all('segmentsWithHash', to - stretchWrites, to, hash);
      for (const { first, last } of places) {
        const visitId = await this.#searchSegments(eventId, first, last);
        if (visitId !== undefined) return visitId;
      }
    }
    return undefined;
  }

  async #searchSegments(eventId: string, first: number, last: number): Promise<string | undefined> {
    const needle = Buffer.from(eventIdBytes(eventId)).toString('hex');
    for (let to = last; to >= first; to -= stretchSegments) {
      const from = Math.max(first - 1, to - stretchSegments);
      const found = await this.#all('segmentsWithBytes', from, to, needle);
      for (const { visitId, bytes } of found) {
        if (decodeEvents(visitId, bytes).some(({ eventID }) => eventID === eventId)) return visitId;
      }
    }
    return undefined;
  }

  async eraseVisit(visitId: string): Promise<void> {
    await this.#client.request({ kind: 'erase', what: 'visit', of: storable(visitId) });
  }

  async eraseIdentity(identityId: string): Promise<void> {
    await this.#client.request({ kind: 'erase', what: 'identity', of: storable(identityId) });
  }

  async *readDeadlines(): AsyncGenerator<{ key: string; deadlineMs: number }> {
    let after = { deadlineMs: Number.MIN_SAFE_INTEGER, key: '' };
    for (;;) {
      const page = await this.#all('deadlines', after.deadlineMs, after.key, pageRows);
      yield* page;
      const last = page.at(-1);
      if (last === undefined || page.length < pageRows) return;
      after = last;
    }
  }

  async *readAll(entity: Entity, from?: string): AsyncGenerator<RowPage, void, undefined> {
    const { query, start, keyOf } = wholes[entity];
    let next = from;
    do {
      const after = next === undefined ? start : (JSON.parse(next) as (string | number)[]);
      const found = await this.#raw(query, [...after, pageRows]);
      const rows = found.map((raw) => rowOf(entity, query, raw));
      const last = rows.at(-1);
      next = last === undefined || rows.length < pageRows ? undefined : JSON.stringify(keyOf(last));
      yield { rows, next };
    } while (next !== undefined);
  }

  async readRowsOfVisit(visitId: string): Promise<Row[]> {
    const rows: Row[] = [];
    for (const [entity, query] of ofVisit) {
      for (const raw of await this.#raw(query, [visitId])) rows.push(rowOf(entity, query, raw));
    }
    for await (const page of this.#segments(visitId, 0)) {
      for (const raw of page) rows.push(rowOf('events', 'events', raw));
    }
    return rows;
  }

  async purge(): Promise<void> {
    await this.#client.request({ kind: 'purge' });
  }

  crash(): Promise<void> {
    return this.#client.terminate();
  }

  close(): Promise<void> {
    return this.#client.close();
  }
}
