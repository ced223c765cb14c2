/**
 * The embedded store's database inside its worker: opening and migrating, writing groups of rows, reading,
 * purging.
 */
import Database from 'libsql';
import { assert } from '../../base/index.js';
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

type Statement = ReturnType<Database.Database['prepare']>;

export class StoreDatabase {
  readonly #database: Database.Database;
  readonly #statements = new Map<string, Statement>();

  /** Opens `file`, making or migrating it. Throws when it is no database of ours, or of a newer version. */
  constructor(file: string) {
    this.#database = new Database(file);
    try {
      // Larger pages than the default: a batch of event segments then dirties, and logs, far fewer of them.
      this.#database.exec('PRAGMA page_size = 8192');
      // Several nodes of one machine may share the file: a writer waits for its turn.
      this.#database.exec('PRAGMA busy_timeout = 10000');
      this.#database.exec('PRAGMA journal_mode = WAL');
      // The journal lets go of what this store has, so a commit here must survive a power cut too.
      this.#database.exec('PRAGMA synchronous = FULL');
      this.#database.exec('PRAGMA journal_size_limit = 67108864');
      this.#database.exec('PRAGMA cache_size = -16384');
      this.#migrate(file);
    } catch (error) {
      this.#database.close();
      throw error;
    }
  }

  #migrate(file: string): void {
    const [[version]] = this.#prepare('PRAGMA user_version').all([]) as [[number]];
    if (version > migrations.length) {
      throw new Error(
        `${file} was written by a newer version (schema ${version}, this knows ${migrations.length})`,
      );
    }
    for (const [index, sql] of migrations.entries()) {
      if (index < version) continue;
      this.#transaction(() => {
        // Another node may have opened the same file a moment ago.
        const [[now]] = this.#prepare('PRAGMA user_version').all([]) as [[number]];
        if (now > index) return;
        this.#database.exec(sql);
        this.#database.exec(`PRAGMA user_version = ${index + 1}`);
      });
    }
  }

  /** Writes all groups or, when it throws, none. */
  write(groups: readonly RowGroup[], bytes: Uint8Array): void {
    this.#transaction(() => {
      let bytesRead = 0;
      for (const group of groups) bytesRead = this.#writeGroup(group, bytes, bytesRead);
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
      this.#upsert(entity, rows).run(parameters);
      row += rows;
    }
    return bytesAt;
  }

  read(name: QueryName, parameters: readonly (string | number)[]): RawRow[] {
    return this.#prepare(queries[name].sql).all(parameters) as RawRow[];
  }

  /** Removes rows that have expired, some of each table. Says whether there may be more. */
  purge(nowMs: number): boolean {
    let more = false;
    this.#transaction(() => {
      for (const entity of entities) {
        if (tables[entity].retention === undefined) continue;
        const { changes } = this.#prepare(purgeSql(tables[entity] as Table)).run([nowMs, purgeRowsMax]);
        if (changes >= purgeRowsMax) more = true;
      }
    });
    return more;
  }

  /** Removes everything of a visit or identity, and overwrites on the disk what it was. */
  erase(what: Erasure, id: string): void {
    this.#database.exec('PRAGMA secure_delete = ON');
    try {
      this.#transaction(() => {
        for (const { sql, parameter } of erasures[what]) this.#prepare(sql).run([parameter(id)]);
      });
      // What was removed is still in the write-ahead log until that is begun anew.
      this.#database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    } finally {
      this.#database.exec('PRAGMA secure_delete = OFF');
    }
  }

  close(): void {
    this.#database.close();
  }

  #transaction(work: () => void): void {
    this.#prepare('BEGIN IMMEDIATE').run([]);
    try {
      work();
      this.#prepare('COMMIT').run([]);
    } catch (error) {
      if (this.#database.inTransaction) this.#prepare('ROLLBACK').run([]);
      throw error;
    }
  }

  #upsert(entity: RowGroup['entity'], rows: number): Statement {
    const name = `${entity} ${rows}`;
    return this.#statements.get(name) ?? this.#prepare(upsertSql(tables[entity] as Table, rows), name);
  }

  /** Statements are few, and each is prepared once. */
  #prepare(sql: string, name = sql): Statement {
    let statement = this.#statements.get(name);
    if (statement === undefined) {
      statement = this.#database.prepare(sql);
      if (statement.reader) statement.raw(true);
      this.#statements.set(name, statement);
    }
    return statement;
  }
}
