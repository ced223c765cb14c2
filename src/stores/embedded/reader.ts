/**
 * Reads an embedded store's database from another thread or process, beside the server that writes it: long
 * readings then cost the server's own connection nothing. Calls block, so a reader belongs in a worker
 * thread.
 */
import { existsSync } from 'node:fs';
import Database from 'libsql';
import { AppError } from '../../base/index.js';
import type { EventSegment, VisitResource } from '../../model/index.js';
import { type QueryName, type QueryValue, type RawRow, queries } from './queries.js';
import { migrations } from './schema.js';

export interface StoreReader {
  /** As `OperationalStore.readVisitsStarted`. */
  visitsStarted(
    sinceMs: number,
    untilMs: number,
    limit: number,
    after?: Pick<VisitResource, 'startDate' | 'visitId'>,
  ): VisitResource[];
  /** All events of a visit, in order. */
  events(visitId: string): EventSegment[];
  close(): void;
}

const segmentsMax = 100_000;

/**
 * Opens `file` for reading. Throws `AppError`: NOT_FOUND when there is no such file, INTERNAL when it is no
 * database of this version.
 */
export function openStoreReader(file: string): StoreReader {
  if (!existsSync(file)) throw new AppError('NOT_FOUND', `There is no store at ${file}.`);
  const database = new Database(file);
  try {
    // The library's own read-only mode still writes.
    database.exec('PRAGMA query_only = ON');
    database.exec('PRAGMA busy_timeout = 5000');
    const [[version]] = database.prepare('PRAGMA user_version').raw(true).all([]) as [[number]];
    if (version !== migrations.length)
      throw new AppError(
        'INTERNAL',
        `${file} has schema ${version}; this version reads ${migrations.length}.`,
      );
    return readerOf(database);
  } catch (error) {
    database.close();
    throw error;
  }
}

function readerOf(database: Database.Database): StoreReader {
  const statements = new Map<QueryName, Database.Statement>();

  function all<Name extends QueryName>(name: Name, ...parameters: (string | number)[]): QueryValue<Name>[] {
    let statement = statements.get(name);
    if (statement === undefined) {
      statement = database.prepare(queries[name].sql).raw(true);
      statements.set(name, statement);
    }
    return (statement.all(parameters) as RawRow[]).map(
      (row) => queries[name].toValue(row as never) as QueryValue<Name>,
    );
  }

  return {
    visitsStarted: (sinceMs, untilMs, limit, after = { startDate: sinceMs, visitId: '' }) =>
      all('visitsStarted', after.startDate, after.visitId, untilMs, limit),
    events: (visitId) => all('events', visitId, 0, 0, segmentsMax),
    close: () => database.close(),
  };
}
