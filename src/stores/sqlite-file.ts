/** A SQLite database in one file, as the embedded store and the embedded index keep theirs, in a worker. */
import Database from 'libsql';

/** Columns in the order of the query. */
export type SqliteRow = unknown[];

type Statement = ReturnType<Database.Database['prepare']>;
type Parameters = readonly unknown[];

export class SqliteFile {
  readonly #database: Database.Database;
  readonly #statements = new Map<string, Statement>();

  /** Opens `file`, making it where it is missing, and lets `migrate` bring it up to date. Throws as that. */
  constructor(file: string, migrate: (database: SqliteFile) => void) {
    this.#database = new Database(file);
    try {
      // Larger pages than the default: a batch of event segments then dirties, and logs, far fewer of them.
      this.exec('PRAGMA page_size = 8192');
      // Several nodes of one machine may share the file: a writer waits for its turn.
      this.exec('PRAGMA busy_timeout = 10000');
      this.exec('PRAGMA journal_mode = WAL');
      // The queue and the journal let go of what is here, so a commit must survive a power cut too.
      this.exec('PRAGMA synchronous = FULL');
      this.exec('PRAGMA journal_size_limit = 67108864');
      this.exec('PRAGMA cache_size = -16384');
      // What a row was before it was written anew would else lie in free pages, where no erasure finds it.
      this.exec('PRAGMA secure_delete = ON');
      migrate(this);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** What the schema is called; 0 in a new file. */
  get version(): number {
    const [[version]] = this.all('PRAGMA user_version', []) as [[number]];
    return version;
  }

  set version(version: number) {
    this.exec(`PRAGMA user_version = ${version}`);
  }

  exec(sql: string): void {
    this.#database.exec(sql);
  }

  all(sql: string, parameters: Parameters): SqliteRow[] {
    return this.prepared(sql).all(parameters) as SqliteRow[];
  }

  /** For a text that hardly comes a second time. */
  allOnce(sql: string, parameters: Parameters): SqliteRow[] {
    return this.#database.prepare(sql).raw(true).all(parameters) as SqliteRow[];
  }

  /** Says how many rows changed. */
  run(sql: string, parameters: Parameters): number {
    return this.prepared(sql).run(parameters).changes;
  }

  /** Statements are few, and each is prepared once; `make` gives the text of one that has a `name`. */
  prepared(name: string, make = () => name): Statement {
    let statement = this.#statements.get(name);
    if (statement === undefined) {
      statement = this.#database.prepare(make());
      if (statement.reader) statement.raw(true);
      this.#statements.set(name, statement);
    }
    return statement;
  }

  /** For when the tables are made anew. */
  forgetPrepared(): void {
    this.#statements.clear();
  }

  transaction(work: () => void): void {
    this.run('BEGIN IMMEDIATE', []);
    try {
      work();
      this.run('COMMIT', []);
    } catch (error) {
      if (this.#database.inTransaction) this.run('ROLLBACK', []);
      throw error;
    }
  }

  /** What was removed is overwritten on the disk at once: else the write-ahead log has it for a while. */
  forgetRemoved(): void {
    this.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  }

  close(): void {
    this.#database.close();
  }
}
