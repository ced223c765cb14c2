/**
 * `beckon cluster-lab`, which bin/cluster runs: a cluster on one machine, for people to try. The nodes are
 * processes of their own that share one embedded store; this process starts them, watches them and keeps
 * `nodes.json` true.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { stringify } from 'yaml';
import { type Command, UsageError } from '../command.js';
import { distFolder, rootFolder } from '../place.js';
import { stopSignal } from '../stop-signal.js';
import { type Balancer, startBalancer } from './balancer.js';

const nodesMax = 20;
const readyTimeoutMs = 60_000;
const watchIntervalMs = 500;

interface NodeRow {
  name: string;
  pid: number;
  default: string;
  ui: string;
  deploy: string;
}

export const clusterLab: Command = {
  name: 'cluster-lab',
  usage: '[--nodes N] [--port-base P] [--data DIR] | start-node NAME --data DIR',
  summary: 'a cluster on this machine, with the playground site',
  details: `  --nodes N       how many nodes; default 3
  --port-base P   node K listens from P + 10 K on; the balancer, when nginx is installed, at P; default 9100
  --data DIR      everything that the nodes keep; default .beckon/cluster
  start-node NAME starts a node again that has ended, in the cluster of DIR
`,

  async run(args) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        nodes: { type: 'string' },
        'port-base': { type: 'string' },
        data: { type: 'string' },
      },
    });
    const folder = resolve(values.data ?? join(rootFolder, '.beckon', 'cluster'));
    if (positionals[0] === 'start-node') return startAgain(folder, positionals[1]);
    if (positionals[0] !== undefined) throw new UsageError(`there is no word ${positionals[0]} here`);
    return startCluster(folder, {
      nodes: numberOf('--nodes', values.nodes ?? '3', 1, nodesMax),
      portBase: numberOf('--port-base', values['port-base'] ?? '9100', 1, 65_000 - 10 * nodesMax),
    });
  },
};

function numberOf(option: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (/^[0-9]+$/.test(text) && value >= min && value <= max) return value;
  throw new UsageError(`${option} must be a whole number from ${min} to ${max}`);
}

/** The cluster's file: made when the folder has none, so that key and data stay together. */
function configurationFile(folder: string, nodes: number, portBase: number): string {
  const file = join(folder, 'cluster.yaml');
  mkdirSync(folder, { recursive: true });
  const lab = readFileSync(join(rootFolder, 'config', 'lab.yaml'), 'utf8');
  const people = lab.slice(
    lab.indexOf('agentGroups:'),
    lab.indexOf('application:\n', lab.indexOf('agents:')),
  );
  const shape = {
    cluster: {
      application: 'GWE_Cluster',
      options: {
        engagement: { visitExpirationTime: '86400', strictEngagementMode: 'true' },
        pacing: { chatGroups: 'Web Engagement Chat' },
        cluster: { key: keyOf(folder) },
        beckon: { storeFolder: join(folder, 'store') },
      },
    },
    nodes: Array.from({ length: nodes }, (_, index) => nodeOf(folder, index + 1, portBase)),
    application: { name: 'playground', folder: join(rootFolder, 'apps', 'playground') },
  };
  const head =
    '# Made by bin/cluster. The passwords of the lab are public: for trying on one machine only.\n';
  writeFileSync(file, `${head}${stringify(shape)}${people}`, { mode: 0o600 });
  return file;
}

function keyOf(folder: string): string {
  const file = join(folder, 'cluster.key');
  if (!existsSync(file)) writeFileSync(file, randomBytes(24).toString('hex'), { mode: 0o600 });
  return readFileSync(file, 'utf8').trim();
}

function nodeOf(folder: string, number: number, portBase: number) {
  const base = portBase + 10 * number;
  const name = `GWE_Node${number}`;
  return {
    application: name,
    host: '127.0.0.1',
    ports: {
      default: base + 1,
      ui: base + 2,
      'server/data/rules/deploy': base + 3,
      peers: base + 4,
      swim: base + 5,
    },
    options: { log: { all: 'stdout' }, beckon: { dataFolder: join(folder, name) } },
  };
}

function rowOf(name: string, number: number, portBase: number, pid: number): NodeRow {
  const url = (port: number): string => `http://127.0.0.1:${portBase + 10 * number + port}`;
  return { name, pid, default: url(1), ui: url(2), deploy: url(3) };
}

/** Starts one node's process, with its output in a file of its own. */
function spawnNode(folder: string, name: string): ChildProcess {
  mkdirSync(join(folder, name), { recursive: true });
  const log = openSync(join(folder, name, 'node.log'), 'a');
  const child = spawn(
    process.execPath,
    [
      '--max-semi-space-size=32',
      '--enable-source-maps',
      join(distFolder, 'main.js'),
      'node',
      '--name',
      name,
      '--config',
      join(folder, 'cluster.yaml'),
    ],
    { stdio: ['ignore', log, log], detached: true },
  );
  closeSync(log);
  return child;
}

/** `nodes.json` is replaced as a whole, so that a reader never sees half of it. */
function writeRows(folder: string, rows: readonly NodeRow[]): void {
  const file = join(folder, 'nodes.json');
  writeFileSync(`${file}.draft`, `${JSON.stringify(rows, null, 2)}\n`);
  renameSync(`${file}.draft`, file);
}

function readRows(folder: string): NodeRow[] {
  try {
    return JSON.parse(readFileSync(join(folder, 'nodes.json'), 'utf8')) as NodeRow[];
  } catch {
    throw new UsageError(`${folder} has no cluster: start one with bin/cluster --data ${folder}`);
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

async function isAlive({ default: base }: NodeRow): Promise<boolean> {
  try {
    const answer = await fetch(`${base}/server/isAlive`, { signal: AbortSignal.timeout(1_000) });
    return answer.status === 200;
  } catch {
    return false;
  }
}

/** Resolves with whether all nodes serve within the time; ends early when one has ended. */
async function allAlive(rows: readonly NodeRow[]): Promise<boolean> {
  const untilMs = Date.now() + readyTimeoutMs;
  while (Date.now() < untilMs) {
    if ((await Promise.all(rows.map(isAlive))).every(Boolean)) return true;
    const ended = rows.find(({ pid }) => !isRunning(pid));
    if (ended !== undefined) {
      process.stderr.write(`${ended.name} has ended; its output is in its node.log\n`);
      return false;
    }
    await new Promise((wait) => setTimeout(wait, 100));
  }
  process.stderr.write('the nodes did not come together in time\n');
  return false;
}

async function startCluster(
  folder: string,
  { nodes, portBase }: { nodes: number; portBase: number },
): Promise<number> {
  configurationFile(folder, nodes, portBase);
  if (existsSync(join(folder, 'nodes.json'))) {
    const running = readRows(folder).find(({ pid }) => isRunning(pid));
    if (running !== undefined) throw new UsageError(`${running.name} runs already, with pid ${running.pid}`);
  }
  const rows: NodeRow[] = [];
  for (let number = 1; number <= nodes; number++) {
    const name = `GWE_Node${number}`;
    rows.push(rowOf(name, number, portBase, spawnNode(folder, name).pid ?? 0));
  }
  writeRows(folder, rows);
  if (!(await allAlive(rows))) {
    await stopAll(rows);
    return 1;
  }
  const balancer = await startBalancer({ folder, port: portBase, nodes: rows });
  process.stdout.write(ready(rows, balancer));
  const watch = setInterval(sayWhoEnded(folder), watchIntervalMs);
  // At a second signal the nodes go on.
  await stopSignal();
  clearInterval(watch);
  await balancer?.stop();
  await stopAll(readRows(folder));
  return 0;
}

function ready(rows: readonly NodeRow[], balancer: Balancer | undefined): string {
  const [first] = rows;
  const site = balancer?.url ?? first?.default ?? '';
  const where = `site ${site}/playground/ workspace ${first?.ui ?? ''}/workspace/`;
  const nodes = rows.map(({ name, default: url }) => `  ${name} ${url}\n`).join('');
  return `Beckon cluster is ready: ${where}\n${nodes}`;
}

/** Looks whether a node has ended by itself, and says so once. */
function sayWhoEnded(folder: string): () => void {
  const said = new Set<number>();
  return () => {
    const rows = existsSync(join(folder, 'nodes.json')) ? readRows(folder) : [];
    for (const { name, pid } of rows) {
      if (said.has(pid) || isRunning(pid)) continue;
      said.add(pid);
      const again = `bin/cluster start-node ${name} --data ${folder}`;
      process.stderr.write(`${name} has ended, see ${join(folder, name, 'node.log')}; again: ${again}\n`);
    }
  };
}

/** Ends all nodes at once: when everybody goes, nobody needs to take over. */
async function stopAll(rows: readonly NodeRow[]): Promise<void> {
  for (const { pid } of rows) if (isRunning(pid)) process.kill(pid, 'SIGTERM');
  while (rows.some(({ pid }) => isRunning(pid))) await new Promise((wait) => setTimeout(wait, 100));
}

async function startAgain(folder: string, name: string | undefined): Promise<number> {
  const rows = readRows(folder);
  const row = rows.find((candidate) => candidate.name === name);
  if (row === undefined) {
    throw new UsageError(`say which node: ${rows.map((candidate) => candidate.name).join(', ')}`);
  }
  if (isRunning(row.pid)) throw new UsageError(`${row.name} runs already, with pid ${row.pid}`);
  const child = spawnNode(folder, row.name);
  row.pid = child.pid ?? 0;
  child.unref();
  writeRows(folder, rows);
  const ok = await allAlive([row]);
  if (ok) process.stdout.write(`${row.name} serves: ${row.default}\n`);
  return ok ? 0 : 1;
}
