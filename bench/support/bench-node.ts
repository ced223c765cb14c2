/** A node alone under a bench: embedded store and journal as usual, no shipped rules, a folder of its own. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type ServerProcess, startServer } from './server-process.js';

const root = resolve(import.meta.dirname, '../..');

/** Serves visitors at `portBase` + 1 and takes rules at `portBase` + 3. Stopping it removes its data. */
export async function startBenchNode(portBase: number): Promise<ServerProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'beckon-bench-'));
  const config = join(folder, 'bench.yaml');
  await writeFile(config, configText(join(folder, 'application')));
  const args = ['lab', '--port-base', String(portBase), '--data', join(folder, 'data'), '--config', config];
  const node = await startServer(
    ['--max-semi-space-size=64', join(root, 'dist/main.js'), ...args],
    'Beckon is ready',
  );
  return {
    ...node,
    async stop() {
      await node.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function configText(application: string): string {
  return [
    'cluster: { application: Bench_Cluster }',
    'nodes:',
    '  - application: Bench_Node1',
    '    host: 127.0.0.1',
    '    ports: { default: 9081, ui: 9082, server/data/rules/deploy: 9083 }',
    '    options: { log: { verbose: none } }',
    'agentGroups: [{ name: Web Engagement Chat }]',
    `application: { name: bench, folder: ${JSON.stringify(application)} }`,
    '',
  ].join('\n');
}
