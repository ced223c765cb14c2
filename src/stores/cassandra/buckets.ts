/**
 * The directory of the partitions of tables that are split by time: which hours or days there are. Whoever
 * writes into one lists it first, and lists it again often enough that the entry outlives what it leads to.
 */
import { LRUCache } from 'lru-cache';
import { hash32 } from '../../base/index.js';
import { dayMs, hourMs } from './tables.js';
import type { Statement } from './row-statements.js';

export interface Bucket {
  list: 'visits_by_hour' | 'visits_by_browser' | 'visits_by_identity' | 'deadlines';
  /** The identity or browser; empty for lists that there is one of. */
  of: string;
  bucket: number;
}

export const hourOf = (atMs: number): number => Math.floor(atMs / hourMs);
export const dayOf = (atMs: number): number => Math.floor(atMs / dayMs);
/** In which of `shards` partitions of a time `id` lies. */
export const shardOf = (id: string, shards: number): number => hash32(id) % shards;

/** After this an entry is written again; its time to live is longer by twice this. */
const relistMs = hourMs;
const listedMax = 50_000;

const insertBucket = 'INSERT INTO buckets (list, owner, bucket) VALUES (?, ?, ?) USING TTL ?';

export class BucketDirectory {
  /** What was listed by this process; entries go by themselves when they must be written again. */
  readonly #listed = new LRUCache<string, true>({ max: listedMax, ttl: relistMs });

  /**
   * The statements that list those of `buckets` which this process has not listed lately. Entries of one
   * identity or browser are listed each time, because another node may have erased them.
   */
  missing(buckets: readonly Bucket[], ttl: number): { keys: string[]; statements: Statement[] } {
    const wanted = new Map<string, Bucket>();
    for (const bucket of buckets) {
      const key = `${bucket.list} ${bucket.bucket} ${bucket.of}`;
      if (!this.#listed.has(key)) wanted.set(key, bucket);
    }
    const keys = [...wanted].filter(([, { of }]) => of === '').map(([key]) => key);
    return { keys, statements: [...wanted.values()].map((bucket) => listing(bucket, ttl)) };
  }

  /** The statements of `missing` have been run. */
  written(keys: readonly string[]): void {
    for (const key of keys) this.#listed.set(key, true);
  }
}

/** Lists a bucket whose rows live for `ttl` seconds, 0 for ever. */
export function listing({ list, of, bucket }: Bucket, ttl: number): Statement {
  const lasting = ttl === 0 ? 0 : ttl + (2 * relistMs) / 1_000;
  return { cql: insertBucket, values: [list, of, bucket, lasting], place: `${list} ${of}`, size: 100 };
}
