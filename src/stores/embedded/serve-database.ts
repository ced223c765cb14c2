/** The thread of an embedded database: it answers requests one by one, and purges between them. */
import { parentPort } from 'node:worker_threads';
import { assert } from '../../base/index.js';
import { isOfTheDisk } from './disk-errors.js';
import { type CommonRequest, type Reply, openingId } from './protocol.js';
import type { RawRow } from './queries.js';

/** Between two rounds of a purge that has more to do, so that requests get their turn. */
const purgePauseMs = 20;

export interface ServedDatabase {
  /** Removes a bounded number of expired rows; whether there are more. */
  purge(nowMs: number): boolean;
  close(): void;
}

export interface DatabaseService<D extends ServedDatabase, R extends { id: number; kind: string }> {
  /** Opens the database; what it throws is the answer to the opening. */
  open(): D;
  purgeIntervalMs: number;
  /** Every request but `purge` and `close`, which all databases have in common. */
  perform(database: D, request: R): RawRow[];
}

/** Opens the database and serves it until it is closed. */
export function serveDatabase<D extends ServedDatabase, R extends { id: number; kind: string }>(
  service: DatabaseService<D, R>,
): void {
  const port = parentPort;
  assert(port !== null, 'a database is served by a thread');
  let database: D | undefined;
  let purging: NodeJS.Timeout | undefined;

  function answer(id: number, work: () => RawRow[]): void {
    let reply: Reply;
    try {
      reply = { id, kind: 'done', rows: work() };
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      reply = { id, kind: 'failed', message, retryable: isOfTheDisk(error) };
    }
    port?.postMessage(reply);
  }

  function perform(request: R | CommonRequest): RawRow[] {
    assert(database !== undefined, 'requests come to an open database');
    if (isCommon(request)) {
      if (request.kind === 'purge') while (database.purge(Date.now()));
      else close(database);
      return [];
    }
    return service.perform(database, request);
  }

  function close(open: D): void {
    clearTimeout(purging);
    open.close();
    database = undefined;
  }

  function purgeIn(delayMs: number): void {
    purging = setTimeout(() => {
      let more = false;
      try {
        more = database?.purge(Date.now()) ?? false;
      } catch {
        // The disk refuses; what is expired can wait for the next round.
      }
      purgeIn(more ? purgePauseMs : service.purgeIntervalMs);
    }, delayMs);
    purging.unref();
  }

  port.on('message', (request: R | CommonRequest) => {
    answer(request.id, () => perform(request));
    if (request.kind === 'close') port.close();
  });
  answer(openingId, () => {
    database = service.open();
    purgeIn(service.purgeIntervalMs);
    return [];
  });
}

function isCommon(request: { kind: string }): request is CommonRequest {
  return request.kind === 'purge' || request.kind === 'close';
}
