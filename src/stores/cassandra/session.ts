/**
 * Statements on their way to Cassandra: consistency, how many travel at once and together, paging, and what
 * an error means.
 */
import cassandra from 'cassandra-driver';
import { AppError } from '../../base/index.js';
import { toAppError } from './driver-errors.js';
import type { Statement, Value } from './row-statements.js';

const levels = cassandra.types.consistencies;

const levelsByName = {
  ANY: levels.any,
  ONE: levels.one,
  TWO: levels.two,
  THREE: levels.three,
  QUORUM: levels.quorum,
  ALL: levels.all,
  LOCAL_ONE: levels.localOne,
  LOCAL_QUORUM: levels.localQuorum,
  EACH_QUORUM: levels.eachQuorum,
} as const;

export type WriteConsistency = keyof typeof levelsByName;
export type ReadConsistency = Exclude<WriteConsistency, 'ANY'>;

/** Requests of one call under way. */
const togetherMax = 128;
/** The database warns of larger batches, and refuses much larger ones. */
const batchBytesMax = 4_000;
const batchStatementsMax = 20;
/** Rows of one answer of a read that could be long. */
const pageRows = 500;

export class Session {
  readonly client: cassandra.Client;
  readonly #readLevel: number;
  readonly #writeLevel: number;
  #closed = false;
  #lastTimestamp = 0;

  constructor(client: cassandra.Client, read: ReadConsistency, write: WriteConsistency) {
    this.client = client;
    this.#readLevel = levelsByName[read];
    this.#writeLevel = levelsByName[write];
  }

  /** The write time of what begins now, microseconds: later than all before. */
  nextTimestamp(): number {
    this.#lastTimestamp = Math.max(this.#lastTimestamp + 1, Date.now() * 1_000);
    return this.#lastTimestamp;
  }

  /**
   * Runs statements in any order; resolves when the database has acknowledged all. Of two writes of one
   * column the one with the later `timestamp` counts.
   */
  async send(statements: readonly Statement[], timestamp = this.nextTimestamp()): Promise<void> {
    await inParallel(batchesOf(statements), togetherMax, (batch) => this.#sendBatch(batch, timestamp));
  }

  async #sendBatch(batch: readonly Statement[], timestamp: number): Promise<void> {
    this.#refuseClosed();
    const options = { prepare: true, consistency: this.#writeLevel, isIdempotent: true, timestamp };
    const [first] = batch;
    try {
      if (batch.length > 1) {
        const queries = batch.map(({ cql, values }) => ({ query: cql, params: values }));
        await this.client.batch(queries, { ...options, logged: false });
      } else if (first !== undefined) {
        await this.client.execute(first.cql, first.values, options);
      }
    } catch (error) {
      throw toAppError(error);
    }
  }

  /** The only row of an answer, or its first. */
  async one(cql: string, values: Value[]): Promise<cassandra.types.Row | undefined> {
    for await (const [row] of this.pages(cql, values)) return row;
    return undefined;
  }

  /** The rows of a long answer, page by page. */
  async *pages(
    cql: string,
    values: Value[],
    rowsPerPage = pageRows,
  ): AsyncGenerator<cassandra.types.Row[], void, undefined> {
    for await (const { rows } of this.pagesFrom(cql, values, rowsPerPage)) yield rows;
  }

  /** The same from the place `from`, each with the place where the next one begins. */
  async *pagesFrom(
    cql: string,
    values: Value[],
    rowsPerPage: number,
    from?: string,
  ): AsyncGenerator<{ rows: cassandra.types.Row[]; next: string | undefined }, void, undefined> {
    let next = from;
    do {
      this.#refuseClosed();
      let result: cassandra.types.ResultSet;
      try {
        result = await this.client.execute(cql, values, {
          prepare: true,
          consistency: this.#readLevel,
          fetchSize: rowsPerPage,
          ...(next === undefined ? {} : { pageState: next }),
        });
      } catch (error) {
        throw toAppError(error);
      }
      // The types promise a text, which the last page does not have.
      next = typeof result.pageState === 'string' ? result.pageState : undefined;
      yield { rows: result.rows, next };
    } while (next !== undefined);
  }

  async *rows(cql: string, values: Value[]): AsyncGenerator<cassandra.types.Row, void, undefined> {
    for await (const page of this.pages(cql, values)) yield* page;
  }

  async all(cql: string, values: Value[]): Promise<cassandra.types.Row[]> {
    const rows: cassandra.types.Row[] = [];
    for await (const page of this.pages(cql, values)) rows.push(...page);
    return rows;
  }

  #refuseClosed(): void {
    if (this.#closed) throw new AppError('STORE_UNAVAILABLE', 'the store is closed');
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.client.shutdown();
  }
}

/** Statements of one place together, as far as a batch may grow; their order within a place is kept. */
function batchesOf(statements: readonly Statement[]): Statement[][] {
  const open = new Map<string, { batch: Statement[]; size: number }>();
  const batches: Statement[][] = [];
  for (const statement of statements) {
    const last = open.get(statement.place);
    const fits =
      last !== undefined &&
      last.size + statement.size <= batchBytesMax &&
      last.batch.length < batchStatementsMax;
    if (fits) {
      last.batch.push(statement);
      last.size += statement.size;
    } else {
      const batch = [statement];
      batches.push(batch);
      open.set(statement.place, { batch, size: statement.size });
    }
  }
  return batches;
}

/**
 * `work` for each of `items`, at most `max` at once, the answers in the order of the items. After a failure
 * no more are begun, and those under way are waited for.
 */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  max: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  let next = 0;
  let failure: { error: unknown } | undefined;
  async function run(): Promise<void> {
    while (failure === undefined && next < items.length) {
      const index = next++;
      try {
        results[index] = await work(items[index] as Item);
      } catch (error) {
        failure ??= { error };
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(max, items.length) }, run));
  if (failure !== undefined) throw failure.error;
  return results;
}
