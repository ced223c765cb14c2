/**
 * Snapshots of cells and the list of their deadlines. A snapshot's write time is its `seq`, so it never goes
 * back; the list is a hint that is checked against the snapshots when it is read.
 */
import { LRUCache } from 'lru-cache';
import type { CellSnapshot } from '../operational-store.js';
import type { Retention } from '../retention.js';
import { type Bucket, type BucketDirectory, hourOf, listing, shardOf } from './buckets.js';
import { type Statement, type Value, buffer, ttlOf } from './row-statements.js';
import { type Session, inParallel } from './session.js';
import { deadlineShards, hourMs } from './tables.js';
import { numberOf, plainBytes, textOf } from './values.js';

/** Cells whose place in the list of deadlines is known without asking. */
const knownMax = 200_000;
const readsTogether = 64;
const shardsTogether = 8;
/** Nobody lists a deadline so long after its time without writing the hour anew. */
const settledMs = 24 * hourMs;
/** How far the clocks of nodes may be apart. */
const clockMarginMs = hourMs;

interface Known {
  seq: number;
  deadlineMs: number | null;
}

const insertCell =
  'INSERT INTO cells (key, seq, deadline_ms, bytes) VALUES (?, ?, ?, ?) USING TTL ? AND TIMESTAMP ?';
const deleteCell = 'DELETE FROM cells USING TIMESTAMP ? WHERE key = ?';
const readCell = 'SELECT seq, deadline_ms, bytes FROM cells WHERE key = ?';
const readKnown = 'SELECT seq, deadline_ms FROM cells WHERE key = ?';
const insertDeadline = 'INSERT INTO deadlines (hour, shard, key, seq) VALUES (?, ?, ?, ?) USING TIMESTAMP ?';
const deleteDeadline = 'DELETE FROM deadlines USING TIMESTAMP ? WHERE hour = ? AND shard = ? AND key = ?';
const readHours = `SELECT bucket FROM buckets WHERE list = 'deadlines' AND owner = '' ORDER BY bucket ASC`;
const readShard = 'SELECT key, seq FROM deadlines WHERE hour = ? AND shard = ?';
const deleteHour =
  `DELETE FROM buckets USING TIMESTAMP ? WHERE list = 'deadlines' AND owner = '' ` + 'AND bucket = ?';

export class Cells {
  readonly #session: Session;
  readonly #directory: BucketDirectory;
  readonly #retention: Retention;
  readonly #known = new LRUCache<string, Known>({ max: knownMax });

  constructor(session: Session, directory: BucketDirectory, retention: Retention) {
    this.#session = session;
    this.#directory = directory;
    this.#retention = retention;
  }

  /** The list of deadlines first and what is out of it last: a cell that waits is listed at every moment. */
  async write(cells: readonly CellSnapshot[]): Promise<void> {
    const newest = await this.#newest(cells);
    const buckets: Bucket[] = [];
    const entries: Statement[] = [];
    const outdated: Statement[] = [];
    for (const { cell, before } of newest) {
      const hour = cell.deadlineMs === null ? undefined : hourOf(cell.deadlineMs);
      const waited = before?.deadlineMs ?? null;
      const hourBefore = waited === null ? undefined : hourOf(waited);
      if (hour === hourBefore) continue;
      if (hour !== undefined) {
        buckets.push({ list: 'deadlines', of: '', bucket: hour });
        entries.push(entryOf(cell, hour));
      }
      if (hourBefore !== undefined) outdated.push(removalOf(cell.key, cell.seq, hourBefore));
    }
    await this.#list(buckets);
    await this.#session.send(entries);
    await this.#session.send(newest.map(({ cell }) => this.#snapshotOf(cell)));
    await this.#session.send(outdated);
    for (const { cell } of newest) this.#remember(cell.key, cell);
  }

  /** The newest of each key with what is known of it; without those that the store has newer. */
  async #newest(
    cells: readonly CellSnapshot[],
  ): Promise<{ cell: CellSnapshot; before: Known | undefined }[]> {
    const newest = new Map<string, CellSnapshot>();
    for (const cell of cells) {
      const other = newest.get(cell.key);
      if (other === undefined || other.seq <= cell.seq) newest.set(cell.key, cell);
    }
    const found = await inParallel([...newest.values()], readsTogether, async (cell) => {
      return { cell, before: this.#known.get(cell.key) ?? (await this.#look(cell.key)) };
    });
    return found.filter(({ cell, before }) => before === undefined || before.seq <= cell.seq);
  }

  async #look(key: string): Promise<Known | undefined> {
    const row = await this.#session.one(readKnown, [key]);
    if (row === undefined) return undefined;
    const { deadline_ms: deadlineMs } = row;
    return { seq: numberOf(row.seq), deadlineMs: deadlineMs === null ? null : numberOf(deadlineMs) };
  }

  async #list(buckets: readonly Bucket[]): Promise<void> {
    const thisHour = hourOf(Date.now());
    // An hour that is over may be taken out of the directory by a node that starts.
    const over = buckets.filter(({ bucket }) => bucket < thisHour);
    const { keys, statements } = this.#directory.missing(
      buckets.filter(({ bucket }) => bucket >= thisHour),
      0,
    );
    const overOnce = new Map(over.map((bucket) => [bucket.bucket, bucket]));
    await this.#session.send([...statements, ...[...overOnce.values()].map((each) => listing(each, 0))]);
    this.#directory.written(keys);
  }

  #snapshotOf({ key, seq, deadlineMs, bytes }: CellSnapshot): Statement {
    // What remains of a visit that waits for nothing goes with it; other cells are few.
    const expires = deadlineMs === null && key.startsWith('visit/');
    const ttl = expires ? ttlOf('visit', this.#retention) : 0;
    const values = [key, seq, deadlineMs, buffer(bytes), ttl, seq];
    return { cql: insertCell, values, place: key, size: bytes.length + 200 };
  }

  #remember(key: string, { seq, deadlineMs }: Known): void {
    this.#known.set(key, { seq, deadlineMs });
  }

  async read(key: string): Promise<CellSnapshot | undefined> {
    const row = await this.#session.one(readCell, [key]);
    if (row === undefined) return undefined;
    const { deadline_ms: deadlineMs } = row;
    return {
      key,
      seq: numberOf(row.seq),
      deadlineMs: deadlineMs === null ? null : numberOf(deadlineMs),
      bytes: plainBytes(row.bytes),
    };
  }

  /** Removes a cell; a later snapshot of the same key is a new one. */
  async erase(key: string): Promise<void> {
    const before = await this.#look(key);
    if (before === undefined) return;
    const { seq, deadlineMs } = before;
    const statements: Statement[] = [{ cql: deleteCell, values: [seq, key], place: key, size: 100 }];
    if (deadlineMs !== null) statements.push(removalOf(key, seq, hourOf(deadlineMs)));
    await this.#session.send(statements);
    this.#known.delete(key);
  }

  /** Deadlines hour by hour. What the list has wrongly is taken out of it when its hour is long over. */
  async *deadlines(): AsyncGenerator<{ key: string; deadlineMs: number }> {
    const startMs = Date.now();
    for await (const { bucket } of this.#session.rows(readHours, [])) {
      const hour = numberOf(bucket);
      const isOver = (hour + 1) * hourMs < startMs - settledMs;
      let waiting = 0;
      for (let shard = 0; shard < deadlineShards; shard += shardsTogether) {
        const { right, wrong } = await this.#deadlinesOf(hour, shard);
        waiting += right.length;
        yield* right;
        if (isOver) await this.#session.send(wrong);
      }
      if (isOver && waiting === 0) await this.#session.send([hourRemoval(hour, startMs)]);
    }
  }

  /** What some shards of an hour list, checked: the cells that wait, and what removes the others. */
  async #deadlinesOf(
    hour: number,
    firstShard: number,
  ): Promise<{ right: { key: string; deadlineMs: number }[]; wrong: Statement[] }> {
    const shards = Array.from({ length: shardsTogether }, (_, index) => firstShard + index);
    const listed = await inParallel(shards, shardsTogether, (shard) =>
      this.#session.all(readShard, [hour, shard]),
    );
    const right: { key: string; deadlineMs: number }[] = [];
    const wrong: Statement[] = [];
    await inParallel(listed.flat(), readsTogether, async (row) => {
      const [key, seq] = [textOf(row.key), numberOf(row.seq)];
      const now = await this.#look(key);
      const deadlineMs = now?.deadlineMs ?? null;
      if (now !== undefined && deadlineMs !== null && hourOf(deadlineMs) === hour) {
        this.#remember(key, now);
        right.push({ key, deadlineMs });
      } else wrong.push(removalOf(key, Math.max(seq, now?.seq ?? 0), hour));
    });
    return { right, wrong };
  }
}

function entryOf({ key, seq }: CellSnapshot, hour: number): Statement {
  const values: Value[] = [hour, shardOf(key, deadlineShards), key, seq, seq];
  return { cql: insertDeadline, values, place: `${hour} ${String(values[1])}`, size: 100 };
}

function removalOf(key: string, seq: number, hour: number): Statement {
  const shard = shardOf(key, deadlineShards);
  return { cql: deleteDeadline, values: [seq, hour, shard, key], place: `${hour} ${shard}`, size: 100 };
}

/** Takes an hour out of the directory, unless it was listed again lately. */
function hourRemoval(hour: number, startMs: number): Statement {
  const timestamp = (startMs - clockMarginMs) * 1_000;
  return { cql: deleteHour, values: [timestamp, hour], place: 'deadlines ', size: 100 };
}
