/**
 * Reads visits from another thread or process, beside the server that writes them: what a back-test needs of
 * either store.
 */
import type { EventSegment, VisitResource } from '../model/index.js';
import { type CassandraStoreOptions, openCassandraStore } from './cassandra/index.js';
import { openStoreReader } from './embedded/index.js';

/** Where visits are kept. Plain data, so that it can be handed to a thread. */
export type StoreSource =
  { kind: 'embedded'; file: string } | { kind: 'cassandra'; options: CassandraStoreOptions };

export interface VisitReader {
  /** As `OperationalStore.readVisitsStarted`. */
  visitsStarted(
    sinceMs: number,
    untilMs: number,
    limit: number,
    after?: Pick<VisitResource, 'startDate' | 'visitId'>,
  ): Promise<readonly VisitResource[]>;
  /** All events of a visit, in order. */
  events(visitId: string): Promise<readonly EventSegment[]>;
  close(): Promise<void>;
}

/** Throws `AppError`: NOT_FOUND, INTERNAL or STORE_UNAVAILABLE when there is nothing to read there. */
export async function openVisitReader(source: StoreSource): Promise<VisitReader> {
  if (source.kind === 'cassandra') {
    const store = await openCassandraStore(source.options);
    return {
      visitsStarted: (...span) => store.readVisitsStarted(...span),
      events: (visitId) => store.readEvents(visitId),
      close: () => store.close(),
    };
  }
  const reader = openStoreReader(source.file);
  return {
    visitsStarted: (...span) => Promise.resolve(reader.visitsStarted(...span)),
    events: (visitId) => Promise.resolve(reader.events(visitId)),
    close() {
      reader.close();
      return Promise.resolve();
    },
  };
}
