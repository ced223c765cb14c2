/**
 * The thread in which the embedded index lives: making documents and tokens costs the node's decisions
 * nothing.
 */
import { workerData } from 'node:worker_threads';
import type { RawRow } from '../embedded/queries.js';
import { serveDatabase } from '../embedded/serve-database.js';
import { IndexDatabase } from './database.js';
import type { IndexRequest, IndexWorkerSettings } from './protocol.js';

const { file, retention, purgeIntervalMs } = workerData as IndexWorkerSettings;

function perform(database: IndexDatabase, request: IndexRequest): RawRow[] {
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
  }
}

serveDatabase({ open: () => new IndexDatabase(file, retention), purgeIntervalMs, perform });
