/** A real Cassandra for tests: started and stopped by the script in `test/services/cassandra`. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from './free-ports.js';

/** The servers talk to each other on the port of the clients plus this. */
const storagePortDistance = -2_042;
const script = resolve(import.meta.dirname, '../services/cassandra/cassandra.sh');
const run = promisify(execFile);

export interface CassandraServerOptions {
  nodes?: number;
  /** Ask for `cassandra`/`cassandra`. */
  auth?: boolean;
  tls?: boolean;
  /** With `tls`: ask clients for a certificate. */
  mutual?: boolean;
}

export interface CassandraServer {
  readonly contactPoints: { host: string; port: number }[];
  readonly dataCentre: string;
  /** File of the authority of its certificate, with `tls`. */
  readonly ca: string | undefined;
  /** File of the key of that certificate, with `mutual`. */
  readonly key: string | undefined;
  /** Process ids, by node from 1. */
  pids(): Promise<number[]>;
  /** Stops a node, or all; `kill` gives it no time to write anything. */
  stop(options?: { node?: number; kill?: boolean }): Promise<void>;
  /** Starts a node again that was stopped. */
  revive(node: number): Promise<void>;
  /** Stops all nodes and removes their data. */
  remove(): Promise<void>;
}

interface Status {
  contactPoints: string[];
  localDataCenter: string;
  ca: string | null;
  pids: number[];
}

/**
 * Starts a server of one node or several and waits until it answers. Throws with its log when it does not.
 */
export async function startCassandra(options: CassandraServerOptions = {}): Promise<CassandraServer> {
  const { nodes = 1, auth = false, tls = false, mutual = false } = options;
  const data = await mkdtemp(join(tmpdir(), 'beckon-cassandra-'));
  const port = await freePort([0, storagePortDistance]);
  const flags = [
    '--nodes',
    String(nodes),
    // Three servers that start at once on a machine that may be busy with other things.
    ...(nodes > 1 ? ['--timeout', '300'] : []),
    ...(auth ? ['--auth'] : []),
    ...(tls ? ['--tls'] : []),
    ...(mutual ? ['--mutual'] : []),
  ];
  await call('start', '--port', String(port), '--data', data, ...flags);
  const status = await read();

  async function call(...args: string[]): Promise<string> {
    try {
      return (await run(script, args, { maxBuffer: 16 * 1024 * 1024 })).stdout;
    } catch (error) {
      const { stderr = '' } = error as { stderr?: string };
      throw new Error(`cassandra.sh ${args[0] ?? ''} failed:\n${stderr}`, { cause: error });
    }
  }

  async function read(): Promise<Status> {
    return JSON.parse(await call('status', '--data', data, '--json')) as Status;
  }

  return {
    contactPoints: status.contactPoints.map((point) => {
      const [host = '', number = ''] = point.split(':');
      return { host, port: Number(number) };
    }),
    dataCentre: status.localDataCenter,
    ca: status.ca ?? undefined,
    key: mutual ? join(data, 'tls', 'key.pem') : undefined,
    pids: async () => (await read()).pids,
    async stop({ node, kill = false } = {}) {
      const which = node === undefined ? [] : ['--node', String(node)];
      await call('stop', '--data', data, ...which, ...(kill ? ['--kill'] : []));
    },
    async revive(node) {
      await call('revive', '--data', data, '--node', String(node));
    },
    async remove() {
      await call('stop', '--data', data, '--kill');
      await rm(data, { recursive: true, force: true });
    },
  };
}

/**
 * A server for a file of tests: the one that `BECKON_TEST_CASSANDRA` (`host:port`) names, which saves its
 * start while one works on a test, else one of its own.
 */
export async function testCassandra(): Promise<CassandraServer> {
  const [host, port] = (process.env.BECKON_TEST_CASSANDRA ?? '').split(':');
  if (host === undefined || port === undefined) return startCassandra();
  const refuse = (): Promise<never> => Promise.reject(new Error('this server belongs to somebody else'));
  return {
    contactPoints: [{ host, port: Number(port) }],
    dataCentre: 'datacenter1',
    ca: undefined,
    key: undefined,
    pids: refuse,
    stop: refuse,
    revive: refuse,
    remove: () => Promise.resolve(),
  };
}
