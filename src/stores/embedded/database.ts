/**
 * The embedded store's database inside its worker: opening and migrating, writing groups of rows, reading,
 * purging.
 */
import { assert } from '../../base/index.js';
import { SqliteFile } from '../sqlite-file.js';
import { lastSegment, noteEvents, purgeHashesSql } from './event-hashes.js';
import { type Erasure, type RowGroup } from './protocol.js';
import { type QueryName, type RawRow, queries } from './queries.js';
import { migrations } from './schema.js';
import {
  type ColumnValue,
  type Table,
  columnCount,
  entities,
  erasures,
  purgeSql,
  tables,
  upsertSql,
} from './tables.js';

/** Rows that one statement inserts where there are enough: calls into SQLite cost more than the rows. */
const rowsPerStatement = 8;
const purgeRowsMax = 500;

export class StoreDatabase {
  readonly #database: SqliteFile;

  /** Opens `file`, making or migrating it. Throws when it is no database of ours, or of a newer version. */
  constructor(file: string) {
    this.#database = new SqliteFile(file, (database) => migrate(database, file));
  }

  /** Writes all groups or, when it throws, none. */
  write(groups: readonly RowGroup[], bytes: Uint8Array): void {
    this.#database.transaction(() => {
      let bytesRead = 0;
      for (const group of groups) {
        const last = group.entity === 'events' ? lastSegment(this.#database) : 0;
        const bytesStart = bytesRead;
        bytesRead = this.#writeGroup(group, bytes, bytesStart);
        if (group.entity === 'events') {
          noteEvents(this.#database, group, bytes.subarray(bytesStart, bytesRead), last);
        }
      }
    });
  }

  /** Returns where the next group's bytes begin. */
  #writeGroup({ entity, count, values }: RowGroup, bytes: Uint8Array, bytesStart: number): number {
    const table = tables[entity] as Table;
    const width = columnCount(table);
    assert(values.length === count * width, 'a row has as many values as its table has columns');
    let bytesAt = bytesStart;
    for (let row = 0; row < count;) {
      const rows = count - row >= rowsPerStatement ? rowsPerStatement : 1;
      const parameters: ColumnValue[] = values.slice(row * width, (row + rows) * width);
      if (table.bytesAt !== undefined) {
        for (let index = table.bytesAt; index < parameters.length; index += width) {
          const size = parameters[index] as number;
          parameters[index] = bytes.subarray(bytesAt, bytesAt + size);
          bytesAt += size;
        }
      }
      const name = `${entity} ${rows}`;
      this.#database.prepared(name, () => upsertSql(table, rows)).run(parameters);
      row += rows;
    }
    return bytesAt;
  }

  read(name: QueryName, parameters: readonly (string | number)[]): RawRow[] {
    return this.#database.all(queries[name].sql, parameters);
  }

  /** Removes rows that have expired, some of each table. Says whether there may be more. */
  purge(nowMs: number): boolean {
    let more = false;
    this.#database.transaction(() => {
      for (const entity of entities) {
        if (tables[entity].retention === undefined) continue;
        const changes = this.#database.run(purgeSql(tables[entity] as Table), [nowMs, purgeRowsMax]);
        if (changes >= purgeRowsMax) more = true;
      }
      const changes = this.#database.run(purgeHashesSql, [nowMs, purgeRowsMax]);
      if (changes >= purgeRowsMax) more = true;
    });
    return more;
  }

  /** Removes everything of a visit or identity, and overwrites on the disk what it was. */
  erase(what: Erasure, id: string): void {
    this.#database.transaction(() => {
      for (const { sql, parameter } of erasures[what]) this.#database.run(sql, [parameter(id)]);
    });
    this.#database.forgetRemoved();
  }

  close(): void {
    this.#database.close();
  }
}

function migrate(database: SqliteFile, file: string): void {
  const { version } = database;
  if (version > migrations.length) {
    throw new Error(
      `${file} was written by a newer version (schema ${version}, this knows ${migrations.length})`,
    );
  }
  for (const [index, sql] of migrations.entries()) {
    if (index < version) continue;
    database.transaction(() => {
      // Another node may have opened the same file a moment ago.
      if (database.version > index) return;
      database.exec(sql);
      database.version = index + 1;
    });
  }
}
