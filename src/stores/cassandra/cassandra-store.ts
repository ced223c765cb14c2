/** The operational store of a cluster: Apache Cassandra. */
import type {
  ActorRow,
  ChatResource,
  DocumentVersion,
  EngagementResource,
  EventSegment,
  IdentityResource,
  PageResource,
  VisitIdentity,
  VisitResource,
} from '../../model/index.js';
import { visitIdOf } from '../../model/index.js';
import type { CellSnapshot, OperationalStore, Row } from '../operational-store.js';
import type { Retention } from '../retention.js';
import { isOlder, keyOf } from '../row-keys.js';
import type { Entity, RowPage, RowPages } from '../row-pages.js';
import { readAll, readRowsOfVisit } from './all-rows.js';
import { type Bucket, BucketDirectory } from './buckets.js';
import { Cells } from './cells.js';
import { type ConnectionSettings, connect } from './connection.js';
import { toAppError } from './driver-errors.js';
import { eraseIdentity, eraseVisit } from './erasures.js';
import { readEvents, readVisitIdOfEvent } from './event-reads.js';
import { type Statement, statementsOf, ttlOf } from './row-statements.js';
import * as rows from './rows-read.js';
import { type SchemaStep, migrate, quoted } from './schema.js';
import { type ReadConsistency, Session, type WriteConsistency, inParallel } from './session.js';
import type { DataCompression } from './tables.js';
import { textOf } from './values.js';
import { readVisit, readVisitsOfBrowser, readVisitsOfIdentity, readVisitsStarted } from './visit-reads.js';

export interface CassandraStoreOptions extends ConnectionSettings {
  keyspace: string;
  replicationStrategy: 'SimpleStrategy' | 'NetworkTopologyStrategy';
  /** Replicas by data centre; with SimpleStrategy by `replication_factor`. */
  replication: Readonly<Record<string, number>>;
  readConsistency: ReadConsistency;
  writeConsistency: WriteConsistency;
  dataCompression: DataCompression;
  retention: Retention;
  /** The schema to be brought to; default this version's. For tests of migrations. */
  schemaSteps?: readonly SchemaStep[];
}

export interface CassandraFigures {
  /** Nodes of the database that are known. */
  nodes: number;
  /** Those with a connection. */
  nodesConnected: number;
  /** Requests under way. */
  requestsInFlight: number;
}

export interface CassandraStore extends OperationalStore, RowPages {
  figures(): CassandraFigures;
}

const namesTogether = 32;

/**
 * Connects, and makes or migrates the keyspace. Throws `AppError`: STORE_UNAVAILABLE when Cassandra does not
 * answer, is not trusted or refuses the user; INTERNAL for a configuration that can never work and for a
 * keyspace of a newer version.
 */
export async function openCassandraStore(options: CassandraStoreOptions): Promise<CassandraStore> {
  const client = await connect(options);
  try {
    await migrate(client, {
      keyspace: options.keyspace,
      strategy: options.replicationStrategy,
      replication: options.replication,
      compression: options.dataCompression,
      ...(options.schemaSteps === undefined ? {} : { steps: options.schemaSteps }),
    });
    await client.execute(`USE ${quoted(options.keyspace)}`, [], { prepare: false });
    const session = new Session(client, options.readConsistency, options.writeConsistency);
    return new KeyspaceStore(session, options.retention);
  } catch (error) {
    await client.shutdown().catch(() => undefined);
    throw toAppError(error);
  }
}

class KeyspaceStore implements CassandraStore {
  readonly #session: Session;
  readonly #retention: Retention;
  readonly #directory = new BucketDirectory();
  readonly #cells: Cells;

  constructor(session: Session, retention: Retention) {
    this.#session = session;
    this.#retention = retention;
    this.#cells = new Cells(session, this.#directory, retention);
  }

  /** Everything is made before anything is sent, so a row that no column takes stops all. */
  async write(given: readonly Row[]): Promise<void> {
    const timestamp = this.#session.nextTimestamp();
    const newest = new Map<string, Row>();
    const cells: CellSnapshot[] = [];
    for (const row of given) {
      if (row.entity === 'cell') cells.push(row.value);
      else {
        const other = newest.get(keyOf(row));
        if (other === undefined || !isOlder(row, other)) newest.set(keyOf(row), row);
      }
    }
    const statements: Statement[] = [];
    const buckets: Bucket[] = [];
    for (const row of newest.values()) {
      const made = statementsOf(row as ActorRow, this.#retention, row.version ?? timestamp);
      statements.push(...made.statements);
      buckets.push(...made.buckets);
    }
    const listed = this.#directory.missing(buckets, ttlOf('visit', this.#retention));
    await this.#session.send(listed.statements);
    this.#directory.written(listed.keys);
    await this.#session.send(statements);
    // A snapshot contains the inputs whose rows are written by now.
    await this.#cells.write(cells);
  }

  readVisit = (visitId: string): Promise<VisitResource | undefined> => readVisit(this.#session, visitId);
  readVisitsStarted = (
    sinceMs: number,
    untilMs: number,
    limit: number,
    after?: Pick<VisitResource, 'startDate' | 'visitId'>,
  ): Promise<VisitResource[]> => readVisitsStarted(this.#session, sinceMs, untilMs, limit, after);
  readVisitsOfGlobalVisit = (globalVisitID: string, limit: number): Promise<VisitResource[]> =>
    readVisitsOfBrowser(this.#session, globalVisitID, limit);

  async readPages(visitId: string): Promise<PageResource[]> {
    const pages = (await this.#session.all(rows.pagesOfVisit, [visitId])).map(rows.toPage);
    return pages.sort((a, b) => a.startDate - b.startDate || compare(a.pageId, b.pageId));
  }

  async readPage(pageId: string): Promise<PageResource | undefined> {
    const owner = await this.#session.one(rows.visitOfPage, [pageId]);
    if (owner === undefined) return undefined;
    const row = await this.#session.one(rows.page, [textOf(owner.visit_id), pageId]);
    return row === undefined ? undefined : rows.toPage(row);
  }

  readEvents = (visitId: string, fromOrdinal = 0): Promise<EventSegment[]> =>
    readEvents(this.#session, visitId, fromOrdinal);
  readVisitIdOfEvent = (eventId: string): Promise<string | undefined> =>
    readVisitIdOfEvent(this.#session, eventId);

  async readIdentity(identityId: string): Promise<IdentityResource | undefined> {
    const row = await this.#session.one(rows.identity, [identityId]);
    return row === undefined ? undefined : rows.toIdentity(row);
  }

  async readIdentities(limit: number, afterId = ''): Promise<IdentityResource[]> {
    const found =
      afterId === ''
        ? await this.#session.all(rows.firstIdentities, [limit])
        : await this.#session.all(rows.laterIdentities, [afterId, limit]);
    return found.map(rows.toIdentity);
  }

  async readIdentitiesOfVisit(visitId: string): Promise<VisitIdentity[]> {
    const ties = (await this.#session.all(rows.tiesOfVisit, [visitId])).map(rows.toTie);
    return ties.sort((a, b) => a.at - b.at || compare(a.identityId, b.identityId));
  }

  readVisitsOfIdentity = (
    identityId: string,
    limit: number,
    after?: Pick<VisitIdentity, 'at' | 'visitId'>,
  ): Promise<VisitIdentity[]> => readVisitsOfIdentity(this.#session, identityId, limit, after);

  async readEngagements(visitId: string): Promise<EngagementResource[]> {
    const engagements = (await this.#session.all(rows.engagements, [visitId])).map(rows.toEngagement);
    return engagements.sort((a, b) => a.startDate - b.startDate || compare(a.interactionId, b.interactionId));
  }

  async readEngagement(interactionId: string): Promise<EngagementResource | undefined> {
    const visitId = visitIdOf(interactionId);
    if (visitId === undefined) return undefined;
    const row = await this.#session.one(rows.engagement, [visitId, interactionId]);
    return row === undefined ? undefined : rows.toEngagement(row);
  }

  async readChat(chatId: string): Promise<ChatResource | undefined> {
    const visitId = visitIdOf(chatId);
    if (visitId === undefined) return undefined;
    const row = await this.#session.one(rows.chat, [visitId, chatId]);
    return row === undefined ? undefined : rows.toChat(row);
  }

  async readChatsOfVisit(visitId: string): Promise<ChatResource[]> {
    const chats = (await this.#session.all(rows.chats, [visitId])).map(rows.toChat);
    return chats.sort((a, b) => a.startDate - b.startDate || compare(a.chatId, b.chatId));
  }

  async readDocuments(kind: string): Promise<DocumentVersion[]> {
    const names = (await this.#session.all(rows.documentNames, [kind])).map(({ name }) => textOf(name));
    const newest = await inParallel(names, namesTogether, (name) =>
      this.#session.one(rows.documentHistory, [kind, name, 1]),
    );
    return newest.filter((row) => row !== undefined).map(rows.toDocument);
  }

  async readDocumentVersion(
    kind: string,
    name: string,
    version: number,
  ): Promise<DocumentVersion | undefined> {
    const row = await this.#session.one(rows.documentVersion, [kind, name, version]);
    return row === undefined ? undefined : rows.toDocument(row);
  }

  async readDocumentHistory(kind: string, name: string, limit: number): Promise<DocumentVersion[]> {
    return (await this.#session.all(rows.documentHistory, [kind, name, limit])).map(rows.toDocument);
  }

  readCell = (key: string): Promise<CellSnapshot | undefined> => this.#cells.read(key);
  readDeadlines = (): AsyncIterable<{ key: string; deadlineMs: number }> => this.#cells.deadlines();

  readRowsOfVisit = (visitId: string): Promise<Row[]> => readRowsOfVisit(this.#session, visitId);
  readAll = (entity: Entity, from?: string): AsyncIterable<RowPage> => readAll(this.#session, entity, from);

  async eraseVisit(visitId: string): Promise<void> {
    await eraseVisit(this.#session, this.#cells, visitId, await this.readIdentitiesOfVisit(visitId));
  }

  eraseIdentity = (identityId: string): Promise<void> => eraseIdentity(this.#session, identityId);

  figures(): CassandraFigures {
    const { client } = this.#session;
    const state = client.getState();
    const connected = state.getConnectedHosts();
    return {
      nodes: client.hosts.length,
      nodesConnected: connected.filter((host) => state.getOpenConnections(host) > 0).length,
      requestsInFlight: connected.reduce((sum, host) => sum + state.getInFlightQueries(host), 0),
    };
  }

  close(): Promise<void> {
    return this.#session.close();
  }
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
