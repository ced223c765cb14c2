/** The embedded index's database inside its worker: documents with their tokens, found and counted by SQL. */
import Database from 'libsql';
import type { Retention } from '../retention.js';
import type { RawRow } from '../embedded/queries.js';
import { type Cursor, documentsOf } from '../index-documents/index.js';
import type { Row } from '../operational-store.js';
import {
  type Condition,
  type CountBy,
  type IndexDocument,
  type IndexEntity,
  type IndexWriteMode,
  searchLimits,
} from '../search-index.js';
import type { FindRequest } from './protocol.js';
import { dropAll, schema, schemaVersion, steps } from './schema.js';
import { placeOf, type Sql, sqlOf } from './sql.js';
import { tokensOf, valueToken } from './tokens.js';

type Statement = ReturnType<Database.Database['prepare']>;

const removedMax = 500;
const intervalMs = { hour: 3_600_000, day: 86_400_000 } as const;

/** Overwriting keeps a document's number, and what is newer; what is there is left alone when filling. */
const upsertSql = {
  overwrite:
    'INSERT INTO documents (entity, id, at, body, expires_at, version) VALUES (?, ?, ?, ?, ?, ?) ' +
    'ON CONFLICT (entity, id) DO UPDATE SET at = excluded.at, body = excluded.body, ' +
    'expires_at = excluded.expires_at, version = excluded.version ' +
    'WHERE documents.version <= excluded.version RETURNING number',
  fill:
    'INSERT INTO documents (entity, id, at, body, expires_at, version) VALUES (?, ?, ?, ?, ?, ?) ' +
    'ON CONFLICT (entity, id) DO NOTHING RETURNING number',
};

export class IndexDatabase {
  readonly #database: Database.Database;
  readonly #retention: Retention;
  readonly #statements = new Map<string, Statement>();

  /** Opens `file`; of another version, it is emptied. Throws when it is no database. */
  constructor(file: string, retention: Retention) {
    this.#retention = retention;
    this.#database = new Database(file);
    try {
      this.#database.exec('PRAGMA page_size = 8192');
      this.#database.exec('PRAGMA busy_timeout = 10000');
      this.#database.exec('PRAGMA journal_mode = WAL');
      // The queue in front lets go of what this index has, so a commit here must survive a power cut too.
      this.#database.exec('PRAGMA synchronous = FULL');
      this.#database.exec('PRAGMA journal_size_limit = 67108864');
      this.#database.exec('PRAGMA cache_size = -16384');
      const [[version]] = this.#prepare('PRAGMA user_version').all([]) as [[number]];
      this.#migrate(version);
    } catch (error) {
      this.#database.close();
      throw error;
    }
  }

  #migrate(version: number): void {
    const step = steps[version];
    if (version === schemaVersion) return;
    if (step === undefined || version + 1 !== schemaVersion) this.#create();
    else {
      this.#transaction(() => {
        this.#database.exec(step);
        this.#database.exec(`PRAGMA user_version = ${schemaVersion}`);
      });
    }
  }

  #create(): void {
    this.#transaction(() => {
      this.#database.exec(dropAll);
      this.#database.exec(schema);
      this.#database.exec(`PRAGMA user_version = ${schemaVersion}`);
    });
  }

  /** Writes all rows but damaged ones, whose places in the list it gives with the reason. */
  write(rows: readonly Row[], mode: IndexWriteMode, nowMs: number): RawRow[] {
    const refused: RawRow[] = [];
    this.#transaction(() => {
      for (const [source, row] of rows.entries()) {
        let documents: IndexDocument[];
        try {
          documents = documentsOf(row);
        } catch (error) {
          refused.push([source, String(error)]);
          continue;
        }
        const { version } = row;
        const how = mode === 'fill' && version === undefined ? 'fill' : 'overwrite';
        // What fills without a version is older than all that comes.
        const made = version ?? (mode === 'fill' ? 0 : nowMs * 1_000);
        for (const document of documents) this.#put(document, how, made, nowMs);
      }
    });
    return refused;
  }

  #put(document: IndexDocument, how: IndexWriteMode, version: number, nowMs: number): void {
    const { entity, id } = document;
    const at = (document['@timestamp'] as number | undefined) ?? 0;
    const values = [entity, id, at, JSON.stringify(document), this.#expiryOf(entity, nowMs), version];
    const [row] = this.#prepare(upsertSql[how]).all(values) as [number][];
    if (row === undefined) return;
    this.#prepare('INSERT OR REPLACE INTO tokens (rowid, list) VALUES (?, ?)').run([
      row[0],
      tokensOf(document),
    ]);
  }

  #expiryOf(entity: IndexEntity, nowMs: number): number | null {
    // A tie between a visit and an identity goes with the visit.
    const seconds = this.#retention[entity === 'association' ? 'visit' : entity] ?? this.#retention.all ?? 0;
    return seconds === 0 ? null : nowMs + seconds * 1_000;
  }

  /** First how many match, then the bodies. */
  find({ entity, where, descending, limit, after }: FindRequest): RawRow[] {
    const { text, parameters } = sqlOf(entity, where);
    const matching = `FROM documents WHERE entity = ? AND ${text}`;
    const counted = this.#database.prepare(`SELECT count(*) FROM (SELECT 1 ${matching} LIMIT ?)`).raw(true);
    const [total] = counted.all([entity, ...parameters, searchLimits.totalMax]) as RawRow[];
    const page = pageSql(descending, after);
    const found = this.#database.prepare(`SELECT body ${matching} ${page.text} LIMIT ?`).raw(true);
    return [total ?? [0], ...(found.all([entity, ...parameters, ...page.parameters, limit]) as RawRow[])];
  }

  count(entity: IndexEntity, where: Condition, by: CountBy): RawRow[] {
    const { text, parameters } = sqlOf(entity, where);
    const sql =
      by.kind === 'time'
        ? `SELECT at - at % ${intervalMs[by.interval]} AS counted, count(*) FROM documents ` +
          `WHERE entity = ? AND ${text} GROUP BY counted ORDER BY counted LIMIT ?`
        : `SELECT ${valueSql(by.field)} AS counted, count(DISTINCT number) AS times ` +
          `FROM documents, json_each(body, '${placeOf(by.field).list}') AS item ` +
          `WHERE entity = ? AND ${text} AND counted IS NOT NULL ` +
          'GROUP BY counted ORDER BY times DESC, counted LIMIT ?';
    const limit = by.kind === 'time' ? searchLimits.countsMax : by.limit;
    return this.#database
      .prepare(sql)
      .raw(true)
      .all([entity, ...parameters, limit]) as RawRow[];
  }

  /** Removes every document of which `field` is `of`, and overwrites on the disk what it was. */
  erase(field: 'visitId' | 'identityId', of: string): void {
    const match = 'SELECT rowid FROM tokens WHERE tokens MATCH ?';
    this.#database.exec('PRAGMA secure_delete = ON');
    try {
      this.#remove(match, valueToken(field, of));
      // What was removed is still in the write-ahead log until that is begun anew; tokens are hashes.
      this.#database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    } finally {
      this.#database.exec('PRAGMA secure_delete = OFF');
    }
  }

  clear(): void {
    this.#statements.clear();
    this.#create();
  }

  /** Removes some documents that have expired. Says whether there may be more. */
  purge(nowMs: number): boolean {
    return (
      this.#remove(`SELECT number FROM documents WHERE expires_at <= ? LIMIT ${removedMax}`, nowMs) ===
      removedMax
    );
  }

  #remove(select: string, parameter: string | number): number {
    const numbers = this.#prepare(select).all([parameter]) as [number][];
    this.#transaction(() => {
      for (const [number] of numbers) {
        this.#prepare('DELETE FROM tokens WHERE rowid = ?').run([number]);
        this.#prepare('DELETE FROM documents WHERE number = ?').run([number]);
      }
    });
    return numbers.length;
  }

  close(): void {
    this.#database.close();
  }

  #transaction(work: () => void): void {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      work();
      this.#database.exec('COMMIT');
    } catch (error) {
      if (this.#database.inTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  /** For the texts that do not change from one request to the next. */
  #prepare(sql: string): Statement {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#database.prepare(sql);
      if (statement.reader) statement.raw(true);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}

function pageSql(descending: boolean, after: Cursor | undefined): Sql {
  const [direction, beyond] = descending ? ['DESC', '<'] : ['ASC', '>'];
  const order = `ORDER BY at ${direction}, id ${direction}`;
  if (after === undefined) return { text: order, parameters: [] };
  return { text: `AND (at, id) ${beyond} (?, ?) ${order}`, parameters: [after.atMs ?? 0, after.id] };
}

function valueSql(field: string): string {
  const { inner } = placeOf(field);
  return inner === undefined ? 'item.value' : `json_extract(item.value, '${inner}')`;
}
