/**
 * A real Elasticsearch server for tests, by the script of `test/services`. A server that does not start
 * fails.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from './free-ports.js';

const run = promisify(execFile);
const script = resolve('test/services/elasticsearch/elasticsearch.sh');
const startTimeoutMs = 240_000;
/** The servers talk to each other on the HTTP port plus this. */
const transportPortDistance = 100;

export interface ElasticServer {
  url: string;
  /** Empty without `secured`. */
  user: string;
  password: string;
  caFile: string | undefined;
  /** Ends the server as a power cut would. */
  kill(): Promise<void>;
  /** Starts it again, with the same data and port. */
  revive(): Promise<void>;
  /** Ends it and removes its data. */
  remove(): Promise<void>;
}

/** Starts a server; with `secured` it speaks TLS and asks for a user and a password. */
export async function startElasticsearch({ secured = false } = {}): Promise<ElasticServer> {
  const folder = await mkdtemp(join(tmpdir(), 'beckon-elasticsearch-'));
  const port = await freePort([0, transportPortDistance]);
  const data = ['--data', folder];
  await command('start', '--port', String(port), ...data, ...(secured ? ['--tls'] : []));
  return {
    url: `${secured ? 'https' : 'http'}://127.0.0.1:${port}`,
    user: secured ? 'elastic' : '',
    password: secured ? 'beckon-test' : '',
    caFile: secured ? join(folder, 'tls/ca.pem') : undefined,
    kill: () => command('stop', '--kill', ...data),
    revive: () => command('revive', '--node', '1', ...data),
    async remove() {
      await command('stop', '--kill', ...data);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function command(...args: string[]): Promise<void> {
  await run(script, args, { timeout: startTimeoutMs, maxBuffer: 1 << 24 });
}
