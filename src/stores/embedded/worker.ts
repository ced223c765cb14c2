/** The thread in which the embedded store's database lives, so that its disk never holds up a decision. */
import { workerData } from 'node:worker_threads';
import { StoreDatabase } from './database.js';
import type { StoreRequest, WorkerSettings } from './protocol.js';
import type { RawRow } from './queries.js';
import { serveDatabase } from './serve-database.js';

const { file, purgeIntervalMs } = workerData as WorkerSettings;

function perform(database: StoreDatabase, request: StoreRequest): RawRow[] {
  switch (request.kind) {
    case 'write':
      database.write(request.groups, request.bytes);
      return [];
    case 'read':
      return database.read(request.query, request.parameters);
    case 'erase':
      database.erase(request.what, request.of);
      return [];
  }
}

serveDatabase({ open: () => new StoreDatabase(file), purgeIntervalMs, perform });
