import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbeddedStore } from '../../../src/stores/index.js';
import { historyContract, type StoreOfHistory } from './history-contract.js';
import { openApiContract } from './openapi-contract.js';

async function openStore(): Promise<StoreOfHistory> {
  const folder = await mkdtemp(join(tmpdir(), 'beckon-history-'));
  const store = await openEmbeddedStore({ file: join(folder, 'store.sqlite') });
  return {
    store,
    async destroy() {
      await store.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

historyContract('the embedded store', openStore);
openApiContract('the embedded store', openStore);
