/** A real cluster on this machine, each node a process of its own: started, stopped, stalled and killed. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { freePort } from './free-ports.js';
import { until } from './until.js';

const root = resolve(import.meta.dirname, '../..');
const startTimeoutMs = 60_000;

/** A row of `nodes.json`. URLs have no trailing slash. */
export interface ClusterNode {
  name: string;
  pid: number;
  default: string;
  ui: string;
  deploy: string;
}

export interface About {
  serving: boolean;
  reason?: string;
  cluster?: {
    epoch: number;
    members: string[];
    underReplicated: number;
    unplaced: number;
    moving: number;
    alarms: string[];
  };
}

export interface TestCluster {
  readonly data: string;
  readonly configFile: string;
  /** What stands in front of the nodes; undefined where nginx is not installed. */
  readonly balancer: string | undefined;
  /** What the command that keeps the cluster has printed so far. */
  printed(): string;
  /** What `nodes.json` says now. */
  nodes(): Promise<ClusterNode[]>;
  node(name: string): Promise<ClusterNode>;
  /** Sends a signal to one node's process; SIGTERM and SIGKILL wait for its end, 30 s by default. */
  signal(name: string, signal: NodeJS.Signals, timeoutMs?: number): Promise<void>;
  /** `start-node`: resolves when it has ended, with its exit code and output. */
  startNode(name: string): Promise<CommandEnd>;
  /** `beckon` with the cluster's configuration. */
  beckon(...args: string[]): Promise<CommandEnd>;
  /** Ends all nodes as a person does who stops `bin/cluster`; the data stays. */
  stop(): Promise<number | null>;
  /** Kills what runs and removes the data. */
  remove(): Promise<void>;
}

export interface CommandEnd {
  code: number | null;
  output: string;
}

export interface TestClusterOptions {
  /** For the nodes, beside what this process has. */
  env?: Readonly<Record<string, string>>;
  /** Before the first start. */
  prepare?(data: string): Promise<void>;
}

/** Starts a cluster and waits until it says that it is ready; throws with its output when it does not. */
export async function startTestCluster(
  nodes: number,
  { env = {}, prepare }: TestClusterOptions = {},
): Promise<TestCluster> {
  const portBase = await freePortBase(nodes);
  const data = await mkdtemp(join(tmpdir(), 'beckon-cluster-'));
  await prepare?.(data);
  const start = ['cluster-lab', '--nodes', `${nodes}`, '--port-base', `${portBase}`, '--data', data];
  const keeper = run(start, env);
  const printed = collect(keeper);
  const configFile = join(data, 'cluster.yaml');
  /** Every process that `nodes.json` ever named, so that none is left behind. */
  const pids = new Set<number>();

  async function rows(): Promise<ClusterNode[]> {
    const read = JSON.parse(await readFile(join(data, 'nodes.json'), 'utf8')) as ClusterNode[];
    for (const { pid } of read) pids.add(pid);
    return read;
  }

  async function rowOf(name: string): Promise<ClusterNode> {
    const row = (await rows()).find((candidate) => candidate.name === name);
    if (row === undefined) throw new Error(`nodes.json has no ${name}`);
    return row;
  }

  async function stop(): Promise<number | null> {
    if (keeper.exitCode === null && keeper.signalCode === null) {
      const ended = once(keeper, 'exit');
      keeper.kill('SIGTERM');
      await ended;
    }
    return keeper.exitCode;
  }

  async function remove(): Promise<void> {
    await rows().catch(() => []);
    for (const pid of pids) tell(pid, 'SIGKILL');
    keeper.kill('SIGTERM');
    if (keeper.exitCode === null && keeper.signalCode === null) await once(keeper, 'exit');
    await rm(data, { recursive: true, force: true });
  }

  try {
    await until(
      () => {
        if (keeper.exitCode !== null) throw new Error(`it ended with ${keeper.exitCode}`);
        return printed().includes('Beckon cluster is ready');
      },
      'the cluster to be ready',
      startTimeoutMs,
    );
  } catch (error) {
    await remove();
    throw new Error(`the cluster did not start:\n${printed()}`, { cause: error });
  }
  const [, balancer] = /site (http:\/\/\S+?)\/playground/.exec(printed()) ?? [];
  return {
    data,
    configFile,
    balancer: balancer?.endsWith(`:${portBase}`) === true ? balancer : undefined,
    printed,
    nodes: rows,
    node: rowOf,
    async signal(name, signal, timeoutMs = 30_000) {
      const { pid } = await rowOf(name);
      tell(pid, signal);
      if (signal === 'SIGTERM' || signal === 'SIGKILL') {
        await until(() => !isRunning(pid), `${name} to end`, timeoutMs);
      }
    },
    startNode: (name) => finish(['cluster-lab', 'start-node', name, '--data', data], env),
    beckon: (...args) => finish([...args, '--config', configFile]),
    stop,
    remove,
  };
}

/** Runs the built command line to its end. */
export async function finish(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<CommandEnd> {
  const child = run(args, env);
  const printed = collect(child);
  const timer = setTimeout(() => child.kill('SIGKILL'), startTimeoutMs);
  await once(child, 'exit');
  clearTimeout(timer);
  return { code: child.exitCode, output: printed() };
}

/** What a node says of itself; undefined when it does not answer in time. */
export async function aboutOf(node: Pick<ClusterNode, 'default'>): Promise<About | undefined> {
  try {
    const answer = await fetch(`${node.default}/server/about`, { signal: AbortSignal.timeout(1_000) });
    return (await answer.json()) as About;
  } catch {
    return undefined;
  }
}

/** The status of `/server/isAlive`; 0 when there is no answer in time. */
export async function aliveStatus(node: ClusterNode): Promise<number> {
  try {
    return (await fetch(`${node.default}/server/isAlive`, { signal: AbortSignal.timeout(1_000) })).status;
  } catch {
    return 0;
  }
}

/** Waits until every node is in the view and every partition is served and has its copy. */
export async function settled(
  cluster: TestCluster | readonly ClusterNode[],
  timeoutMs = 30_000,
): Promise<void> {
  const nodes = 'nodes' in cluster ? await cluster.nodes() : cluster;
  await until(
    async () => {
      const all = await Promise.all(nodes.map(aboutOf));
      return all.every(
        (about) =>
          about?.serving === true &&
          about.cluster?.members.length === nodes.length &&
          about.cluster.underReplicated === 0 &&
          about.cluster.unplaced === 0 &&
          about.cluster.moving === 0,
      );
    },
    'the cluster to be whole',
    timeoutMs,
  );
}

function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcess {
  const command = [join(root, 'dist/main.js'), ...args];
  return spawn(process.execPath, command, { stdio: 'pipe', env: { ...process.env, ...env } });
}

function tell(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended already.
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function collect(child: ChildProcess): () => string {
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8');
    stream?.on('data', (chunk: string) => {
      text += chunk;
    });
  }
  return () => text;
}

/** What `nodes` nodes and a balancer listen on, from the number P that is given. */
export async function freePortBase(nodes: number): Promise<number> {
  const ofNodes = Array.from({ length: nodes }, (_, index) =>
    [1, 2, 3, 4, 5].map((port) => 10 * (index + 1) + port),
  );
  return freePort([0, ...ofNodes.flat()]);
}
