/** Nodes as processes that a test starts, ends and wipes, with a configuration that it may change. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { stringify } from 'yaml';
import { type About, aboutOf, type CommandEnd, finish, freePortBase } from './cluster-process.js';

const root = resolve(import.meta.dirname, '../..');

export interface NodeProcesses {
  /** Where everything of them lies. */
  readonly folder: string;
  /** What they listen on, without a slash at the end. */
  urlsOf(name: string): { server: string; ui: string; deploy: string };
  /** Writes the configuration that the next processes read: these nodes, and no others. */
  configure(names: readonly string[]): Promise<void>;
  start(...names: string[]): void;
  /** Sends the signal and waits for the processes' ends. */
  end(signal: NodeJS.Signals, ...names: string[]): Promise<void>;
  /** Removes what a node that has ended kept on its disk. */
  wipe(name: string): Promise<void>;
  /** `beckon cluster …` with the configuration. */
  cluster(...args: string[]): Promise<CommandEnd>;
  about(name: string): Promise<About | undefined>;
  logOf(name: string): string;
  /** Kills what runs and removes everything. */
  remove(): Promise<void>;
}

/** What a configuration says beside its nodes. */
export interface Surroundings {
  /** Of the cluster, by section, beside those that make the nodes share an embedded store. */
  options?: Readonly<Record<string, object>>;
  agentGroups?: readonly object[] | undefined;
  agents?: readonly object[] | undefined;
}

/** `all` are the nodes that any configuration of the test will name. */
export async function makeNodeProcesses(
  all: readonly string[],
  surroundings: Surroundings = {},
): Promise<NodeProcesses> {
  const folder = await mkdtemp(join(tmpdir(), 'beckon-nodes-'));
  const portBase = await freePortBase(all.length);
  const file = join(folder, 'cluster.yaml');
  const running = new Map<string, ChildProcess>();
  const dataOf = (name: string): string => join(folder, name, 'data');
  const logFile = (name: string): string => join(folder, name, 'node.log');
  const portOf = (name: string, port: number): number => portBase + 10 * (all.indexOf(name) + 1) + port;

  function shapeOf(name: string) {
    return {
      application: name,
      host: '127.0.0.1',
      ports: {
        default: portOf(name, 1),
        ui: portOf(name, 2),
        'server/data/rules/deploy': portOf(name, 3),
        peers: portOf(name, 4),
        swim: portOf(name, 5),
      },
      options: { log: { all: 'stdout' }, beckon: { dataFolder: dataOf(name) } },
    };
  }

  async function end(signal: NodeJS.Signals, ...names: string[]): Promise<void> {
    await Promise.all(
      names.map(async (name) => {
        const child = running.get(name);
        if (child === undefined) throw new Error(`${name} does not run`);
        running.delete(name);
        if (child.exitCode !== null || child.signalCode !== null) return;
        child.kill(signal);
        await once(child, 'exit');
      }),
    );
  }

  function urlsOf(name: string): { server: string; ui: string; deploy: string } {
    const [server = '', ui = '', deploy = ''] = [1, 2, 3].map(
      (port) => `http://127.0.0.1:${portOf(name, port)}`,
    );
    return { server, ui, deploy };
  }

  return {
    folder,
    urlsOf,
    end,
    async configure(names) {
      const { options, ...rest } = surroundings;
      const beckon = { storeFolder: join(folder, 'store'), ...options?.beckon };
      const shape = {
        cluster: {
          application: 'GWE_Cluster',
          // So many at a time, that partitions are soon where they should be.
          options: { cluster: { key: 'a key of sixteen and more', pullsMax: '128' }, ...options, beckon },
        },
        nodes: names.map(shapeOf),
        agentGroups: [{ name: 'Web Engagement Chat' }],
        ...rest,
        application: { name: 'playground', folder: join(root, 'apps/playground') },
      };
      await writeFile(file, stringify(shape));
    },
    start(...names) {
      for (const name of names) {
        mkdirSync(join(folder, name), { recursive: true });
        const log = openSync(logFile(name), 'a');
        const args = [join(root, 'dist/main.js'), 'node', '--name', name, '--config', file];
        running.set(name, spawn(process.execPath, args, { stdio: ['ignore', log, log] }));
        closeSync(log);
      }
    },
    wipe: (name) => rm(dataOf(name), { recursive: true }),
    cluster: (...args) => finish(['cluster', ...args, '--config', file]),
    about: (name) => aboutOf({ default: urlsOf(name).server }),
    logOf: (name) => readFileSync(logFile(name), 'utf8'),
    async remove() {
      await end('SIGKILL', ...running.keys());
      await rm(folder, { recursive: true, force: true });
    },
  };
}
