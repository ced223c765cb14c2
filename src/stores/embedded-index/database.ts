/** The embedded index's database inside its worker: documents with their tokens, found and counted by SQL. */
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
import { SqliteFile } from '../sqlite-file.js';
import type { FindRequest } from './protocol.js';
import { dropAll, schema, schemaVersion, steps } from './schema.js';
import { placeOf, type Sql, sqlOf } from './sql.js';
import { tokensOf, valueToken } from './tokens.js';

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
  readonly #database: SqliteFile;
  readonly #retention: Retention;

  /** Opens `file`; of another version, it is emptied. Throws when it is no database. */
  constructor(file: string, retention: Retention) {
    this.#retention = retention;
    this.#database = new SqliteFile(file, migrate);
  }

  /** Writes all rows but damaged ones, whose places in the list it gives with the reason. */
  write(rows: readonly Row[], mode: IndexWriteMode, nowMs: number): RawRow[] {
    const refused: RawRow[] = [];
    this.#database.transaction(() => {
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
    const [row] = this.#database.all(upsertSql[how], values) as [number][];
    if (row === undefined) return;
    this.#database.run('INSERT OR REPLACE INTO tokens (rowid, list) VALUES (?, ?)', [
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
    const [total] = this.#database.allOnce(`SELECT count(*) FROM (SELECT 1 ${matching} LIMIT ?)`, [
      entity,
      ...parameters,
      searchLimits.totalMax,
    ]);
    const page = pageSql(descending, after);
    const found = this.#database.allOnce(`SELECT body ${matching} ${page.text} LIMIT ?`, [
      entity,
      ...parameters,
      ...page.parameters,
      limit,
    ]);
    return [total ?? [0], ...found];
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
    return this.#database.allOnce(sql, [entity, ...parameters, limit]);
  }

  /** Removes every document of which `field` is `of`, and overwrites on the disk what it was. */
  erase(field: 'visitId' | 'identityId', of: string): void {
    const match = 'SELECT rowid FROM tokens WHERE tokens MATCH ?';
    // Tokens are hashes.
    this.#remove(match, valueToken(field, of));
    this.#database.forgetRemoved();
  }

  clear(): void {
    this.#database.forgetPrepared();
    create(this.#database);
  }

  /** Removes some documents that have expired. Says whether there may be more. */
  purge(nowMs: number): boolean {
    return (
      this.#remove(`SELECT number FROM documents WHERE expires_at <= ? LIMIT ${removedMax}`, nowMs) ===
      removedMax
    );
  }

  #remove(select: string, parameter: string | number): number {
    const numbers = this.#database.all(select, [parameter]) as [number][];
    this.#database.transaction(() => {
      for (const [number] of numbers) {
        this.#database.run('DELETE FROM tokens WHERE rowid = ?', [number]);
        this.#database.run('DELETE FROM documents WHERE number = ?', [number]);
      }
    });
    return numbers.length;
  }

  close(): void {
    this.#database.close();
  }
}

function migrate(database: SqliteFile): void {
  const { version } = database;
  const step = steps[version];
  if (version === schemaVersion) return;
  if (step === undefined || version + 1 !== schemaVersion) create(database);
  else {
    database.transaction(() => {
      database.exec(step);
      database.version = schemaVersion;
    });
  }
}

function create(database: SqliteFile): void {
  database.transaction(() => {
    database.exec(dropAll);
    database.exec(schema);
    database.version = schemaVersion;
  });
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
