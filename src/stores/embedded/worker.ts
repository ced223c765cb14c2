/** The thread in which the embedded store's database lives, so that its disk never holds up a decision. */
import { parentPort, workerData } from 'node:worker_threads';
import { assert } from '../../base/index.js';
import { StoreDatabase } from './database.js';
import { isOfTheDisk } from './disk-errors.js';
import { type Reply, type Request, type WorkerSettings, openingId } from './protocol.js';
import { type RawRow } from './queries.js';

/** Between two rounds of a purge that has more to do, so that requests get their turn. */
const purgePauseMs = 20;

const port = parentPort;
assert(port !== null, 'the store’s worker runs as a thread');
const settings = workerData as WorkerSettings;

let database: StoreDatabase | undefined;
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

function perform(request: Request): RawRow[] {
  assert(database !== undefined, 'requests come to an open database');
  switch (request.kind) {
    case 'write':
      database.write(request.groups, request.bytes);
      return [];
    case 'read':
      return database.read(request.query, request.parameters);
    case 'erase':
      database.erase(request.what, request.of);
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
      // The disk refuses; expired rows can wait for the next round.
    }
    purgeIn(more ? purgePauseMs : settings.purgeIntervalMs);
  }, delayMs);
  purging.unref();
}

port.on('message', (request: Request) => {
  answer(request.id, () => perform(request));
  if (request.kind === 'close') port.close();
});
answer(openingId, () => {
  database = new StoreDatabase(settings.file);
  purgeIn(settings.purgeIntervalMs);
  return [];
});
