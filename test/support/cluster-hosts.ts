/** A real cluster whose nodes are each on a host of their own, with mutual TLS between them. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { stringify } from 'yaml';
import type { ClusterNode } from './cluster-process.js';
import { makeHosts, type Hosts } from './namespaces.js';
import { makeAuthority } from './peer-certificates.js';

const root = resolve(import.meta.dirname, '../..');
const [user, password] = ['tests', 'of the cluster'];
export const hostAuthorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
const ports = { default: 9081, ui: 9082, 'server/data/rules/deploy': 9083, peers: 9084, swim: 9085 };

export interface HostCluster {
  readonly hosts: Hosts;
  /** Their `default` addresses are doors of this machine, which stay open whatever is cut. */
  readonly nodes: ClusterNode[];
  /** What a node has written to its log so far. */
  logOf(index: number): string;
  remove(): Promise<void>;
}

/** Starts one node on each of `count` hosts; they come together by themselves. */
export async function startHostCluster(count: number): Promise<HostCluster> {
  const folder = await mkdtemp(join(tmpdir(), 'beckon-hosts-'));
  const processes: ChildProcess[] = [];
  const hosts = makeHosts(count, folder);
  const nameOf = (index: number): string => `GWE_Node${index + 1}`;
  const logFile = (index: number): string => join(folder, nameOf(index), 'node.log');

  async function remove(): Promise<void> {
    for (const child of processes) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    await hosts.remove();
    await rm(folder, { recursive: true, force: true });
  }

  try {
    const file = join(folder, 'cluster.yaml');
    const certificateFor = makeAuthority(folder, 'nodes');
    const shape = {
      cluster: {
        application: 'GWE_Cluster',
        options: {
          cluster: { key: 'a key of sixteen and more' },
          // The tests' visitors are no browsers.
          beckon: { storeFolder: join(folder, 'store'), botFilter: 'false' },
          // What comes through a door is not of the node's own machine.
          security: { 'auth-scheme': 'basic', 'user-id': user, password },
        },
      },
      nodes: Array.from({ length: count }, (_, index) => ({
        application: nameOf(index),
        host: hosts.addressOf(index),
        ports,
        options: {
          log: { all: 'stdout' },
          beckon: { dataFolder: join(folder, nameOf(index)) },
          cluster: { ...certificateFor(nameOf(index)) },
        },
      })),
      agentGroups: [{ name: 'Web Engagement Chat' }],
      application: { name: 'playground', folder: join(root, 'apps/playground') },
    };
    await writeFile(file, stringify(shape));
    const nodes: ClusterNode[] = [];
    for (let index = 0; index < count; index++) {
      mkdirSync(join(folder, nameOf(index)));
      const log = openSync(logFile(index), 'a');
      const line = [...hosts.on(index), process.execPath, join(root, 'dist/main.js'), 'node'];
      const args = [...line, '--name', nameOf(index), '--config', file];
      const child = spawn('ip', args, { stdio: ['ignore', log, log] });
      closeSync(log);
      processes.push(child);
      const door = `http://127.0.0.1:${await hosts.openDoor(index, ports.default)}`;
      nodes.push({ name: nameOf(index), pid: child.pid ?? 0, default: door, ui: '', deploy: '' });
    }
    return { hosts, nodes, logOf: (index) => readFileSync(logFile(index), 'utf8'), remove };
  } catch (error) {
    await remove();
    throw error;
  }
}
