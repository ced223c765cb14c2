/** A lab whose store is a real Cassandra, and visitors who never stop. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect } from 'vitest';
import { decodeEvents } from '../../../src/model/index.js';
import type { OperationalStore } from '../../../src/stores/index.js';
import type { CassandraServer } from '../../support/cassandra-server.js';
import type { Lab } from '../../support/lab-process.js';
import { until } from '../../support/until.js';
import { openVisit, type VisitorClient } from '../../support/visitor-client.js';

const application = resolve(import.meta.dirname, '../../../apps/playground');

export interface LabConfiguration {
  keyspace: string;
  /** Bytes that the spool may have; default the option's own. */
  spoolBytesMax?: number;
  /** Copies of each row; default 1. */
  replicas?: number;
  user?: { name: string; password: string };
  trustedCa?: string;
  mutualTls?: boolean;
}

/**
 * Writes a lab's configuration into `folder` and gives its file. Alarms are looked at every second. Without
 * contact points the store is the embedded one.
 */
export async function labConfiguration(
  folder: string,
  { contactPoints, dataCentre = 'none' }: Pick<CassandraServer, 'contactPoints'> & { dataCentre?: string },
  { keyspace, spoolBytesMax, replicas = 1, user, trustedCa, mutualTls = false }: LabConfiguration,
): Promise<string> {
  const configuration = {
    cluster: {
      application: 'GWE_Cluster',
      options: {
        cassandraKeyspace: { name: keyspace, replicationStrategyParams: `'${dataCentre}':${replicas}` },
        ...(user === undefined ? {} : { cassandraClient: { userName: user.name, password: user.password } }),
        metrics: { 'reporter.messageServer.logFrequency': '1s' },
        beckon: { writeBehindRowsMax: 1_000, ...(spoolBytesMax === undefined ? {} : { spoolBytesMax }) },
      },
    },
    resourceAccessPoints: contactPoints.map(({ host, port }, index) => ({
      application: `Cassandra_${index + 1}`,
      host,
      ports: { native: port },
      secured: trustedCa !== undefined,
      mutualTls,
    })),
    nodes: [
      {
        application: 'GWE_Node1',
        host: '127.0.0.1',
        ports: { default: 9081, ui: 9082, 'server/data/rules/deploy': 9083 },
        options: {
          log: { verbose: 'all', all: 'stdout' },
          beckon: { dataFolder: join(folder, 'data') },
          ...(trustedCa === undefined ? {} : { security: { provider: 'PEM', 'trusted-ca': trustedCa } }),
        },
      },
    ],
    agentGroups: [{ name: 'Web Engagement Chat' }],
    application: { name: 'playground', folder: application },
  };
  const file = join(folder, 'beckon.yaml');
  await mkdir(folder, { recursive: true });
  // JSON is YAML.
  await writeFile(file, JSON.stringify(configuration));
  return file;
}

export interface Load {
  /** Ids of the events that were acknowledged, by visit, in their order. */
  readonly acknowledged: ReadonlyMap<string, readonly string[]>;
  count(): number;
  /** How often the node has refused for now. */
  refusals(): number;
  stop(): Promise<void>;
}

/** Visitors who send events one batch after the other; what is refused they send once more. */
export async function startLoad(server: string, visitors: number): Promise<Load> {
  const acknowledged = new Map<string, string[]>();
  let running = true;
  let refusals = 0;
  const isRunning = () => running;
  async function visit(client: VisitorClient): Promise<void> {
    const ids: string[] = [];
    acknowledged.set(client.visitID, ids);
    while (isRunning()) {
      const batch = [client.event('Search'), client.event('AddToCart')];
      while (isRunning()) {
        const { status, body } = await client.send(batch);
        if (status === 200) {
          ids.push(...body.accepted);
          break;
        }
        if (status !== 503) throw new Error(`events were answered with ${status}`);
        refusals++;
        await new Promise((next) => setTimeout(next, 100));
      }
      await new Promise((next) => setTimeout(next, 20));
    }
  }
  const clients = await Promise.all(Array.from({ length: visitors }, () => openVisit(server)));
  const work = Promise.all(clients.map(visit));
  // A failure is told by `stop`, also when that comes late.
  work.catch(() => undefined);
  return {
    acknowledged,
    count: () => [...acknowledged.values()].reduce((sum, ids) => sum + ids.length, 0),
    refusals: () => refusals,
    async stop() {
      running = false;
      await work;
    },
  };
}

const alarms = {
  away: ['[ERROR] Writes fail and wait on disk: store', '[INFO] Writes are back to normal'],
  full: ['[ERROR] No room for rows that wait: store', '[INFO] There is room again for rows that wait'],
} as const;

/** How often the lab has said that an alarm came and went: that the store is away, or its spool full. */
export function alarmsOf(
  lab: Lab,
  alarm: keyof typeof alarms = 'away',
): { raised: number; cancelled: number } {
  const times = (text: string): number => lab.output().split(text).length - 1;
  const [raised, cancelled] = alarms[alarm];
  return { raised: times(raised), cancelled: times(cancelled) };
}

/** Resolves when nothing waits for the store any more. */
export async function written({ server }: Lab, timeoutMs: number): Promise<void> {
  await until(
    async () => {
      const text = await (await fetch(`${server}/metrics`)).text();
      return /^beckon_write_behind_rows\{sink="store"\} 0$/m.test(text);
    },
    'all rows to be in the store',
    timeoutMs,
  );
}

/** Looks in the store for every visit and event that was acknowledged. */
export async function expectEveryEventOnce(store: OperationalStore, loads: readonly Load[]): Promise<void> {
  const started = await store.readVisitsStarted(0, Date.now(), 1_000);
  const known = new Set(started.map(({ visitId }) => visitId));
  for (const [visitId, ids] of loads.flatMap(({ acknowledged }) => [...acknowledged])) {
    expect(known.has(visitId)).toBe(true);
    // A rule that fired adds an event of its own; every one that was acknowledged is there once, in order.
    const stored = await storedIds(store, visitId);
    expect(new Set(stored).size).toBe(stored.length);
    const sent = new Set(ids);
    expect(stored.filter((id) => sent.has(id))).toEqual(ids);
  }
}

/** The ids of a visit's events as the store has them. */
async function storedIds(store: OperationalStore, visitId: string): Promise<string[]> {
  const segments = await store.readEvents(visitId);
  return segments.flatMap(({ bytes }) => decodeEvents(visitId, bytes).map(({ eventID }) => eventID));
}
