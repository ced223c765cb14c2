/**
 * The thread in which the embedded index lives: making documents and tokens costs the node's decisions
 * nothing.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { assert } from '../../base/index.js';
import { isOfTheDisk } from '../embedded/disk-errors.js';
import { openingId, type Reply } from '../embedded/protocol.js';
import type { RawRow } from '../embedded/queries.js';
import { IndexDatabase } from './database.js';
import type { IndexRequest, IndexWorkerSettings } from './protocol.js';

/** Between two rounds of a purge that has more to do, so that requests get their turn. */
const purgePauseMs = 20;

const port = parentPort;
assert(port !== null, 'the index’s worker runs as a thread');
const settings = workerData as IndexWorkerSettings;

let database: IndexDatabase | undefined;
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

function perform(request: IndexRequest): RawRow[] {
  assert(database !== undefined, 'requests come to an open database');
  switch (request.kind) {
    case 'write':
      return database.write(request.rows, request.mode, Date.now());
    case 'find':
      return database.find(request);
    case 'count':
      return database.count(request.entity, request.where, request.by);
    case 'erase':
      database.erase(request.field, request.of);
      return [];
    case 'clear':
      database.clear();
      return [];
    case 'purge':
      while (database.purge(Date.now()));
      return [];
    case 'close':
      clearTimeout(purging);
      database.close();
      database = undefined;
      return [];
  }
}

function purgeIn(delayMs: number): void {
  purging = setTimeout(() => {
    let more = false;
    try {
      more = database?.purge(Date.now()) ?? false;
    } catch {
      // The disk refuses; expired documents can wait for the next round.
    }
    purgeIn(more ? purgePauseMs : settings.purgeIntervalMs);
  }, delayMs);
  purging.unref();
}

port.on('message', (request: IndexRequest) => {
  answer(request.id, () => perform(request));
  if (request.kind === 'close') port.close();
});
answer(openingId, () => {
  database = new IndexDatabase(settings.file, settings.retention);
  purgeIn(settings.purgeIntervalMs);
  return [];
});
