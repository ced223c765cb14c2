/**
 * `beckon cluster-lab`, which bin/cluster runs: a cluster on one machine, for people to try. The nodes are
 * processes of their own that share one embedded store; this process starts them, watches them and keeps
 * `nodes.json` true.
 */
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { AppError } from '../../base/index.js';
import { type Command, UsageError } from '../command.js';
import { rootFolder } from '../place.js';
import { stopSignal } from '../stop-signal.js';
import { type Balancer, endBalancer, startBalancer } from './balancer.js';
import {
  hasVoted,
  type LabShape,
  nameOf,
  type NodeRow,
  readRows,
  rowOf,
  shapeBefore,
  writeConfiguration,
  writeRows,
} from './lab-folder.js';
import { allServe, checkPorts, endNodes, isRunning, logFileOf, spawnNode } from './lab-processes.js';

const nodesMax = 20;
const watchIntervalMs = 500;

export const clusterLab: Command = {
  name: 'cluster-lab',
  usage: '[--nodes N] [--port-base P] [--data DIR] | start-node NAME [--data DIR] | stop [--data DIR]',
  summary: 'a cluster on this machine, with the playground site; bin/cluster is the same',
  details: `  --nodes N       how many nodes; default as before in DIR, or 3
  --port-base P   node K listens from P + 10 K on; the balancer, when nginx is installed, at P;
                  default as before in DIR, or 9100
  --data DIR      everything that the nodes keep; default .beckon/cluster
  start-node NAME starts a node again that has ended, in the cluster of DIR
  stop            ends the nodes of DIR, also when who started them is gone
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
    const [word, name, ...more] = positionals;
    const extra = word === 'start-node' ? more[0] : (name ?? more[0]);
    if (extra !== undefined) throw new UsageError(`there is no word ${extra} here`);
    try {
      if (word === 'start-node') return await startAgain(folder, name);
      if (word === 'stop') return await stopCluster(folder);
      if (word !== undefined) throw new UsageError(`there is no word ${word} here`);
      return await startCluster(folder, {
        nodes: numberOf('--nodes', values.nodes, 1, nodesMax),
        portBase: numberOf('--port-base', values['port-base'], 1, 65_000 - 10 * nodesMax),
      });
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      process.stderr.write(`${error.message}\n`);
      return 1;
    }
  },
};

function numberOf(option: string, text: string | undefined, min: number, max: number): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (/^[0-9]+$/.test(text) && value >= min && value <= max) return value;
  throw new UsageError(`${option} must be a whole number from ${min} to ${max}; it is "${text}"`);
}

/**
 * What is to be started. Throws `AppError` CONFLICT when the cluster runs, or was one of another number of
 * nodes: these would not let the others in, nor form a majority without them.
 */
function shapeOf(folder: string, wanted: { [Key in keyof LabShape]: LabShape[Key] | undefined }): LabShape {
  const rows = readRows(folder) ?? [];
  const running = rows.find(isRunning);
  if (running !== undefined) {
    const message = `the cluster in ${folder} runs already (${running.name} with pid ${running.pid}): `;
    throw new AppError('CONFLICT', `${message}bin/cluster stop --data ${folder} ends it`);
  }
  const before = shapeBefore(rows);
  const { nodes = before?.nodes ?? 3, portBase = before?.portBase ?? 9_100 } = wanted;
  if (before !== undefined && before.nodes !== nodes && hasVoted(folder, rows)) {
    const message = `${folder} has a cluster of ${before.nodes} nodes, not ${nodes}: `;
    throw new AppError('CONFLICT', `${message}leave --nodes out, or take another --data`);
  }
  return { nodes, portBase };
}

async function startCluster(folder: string, wanted: Parameters<typeof shapeOf>[1]): Promise<number> {
  const shape = shapeOf(folder, wanted);
  await endBalancer(folder);
  await checkPorts(shape);
  writeConfiguration(folder, shape);
  // At a second signal the nodes go on.
  const stop = { isAsked: false };
  const asked = stopSignal().then(() => (stop.isAsked = true));
  const numbers = Array.from({ length: shape.nodes }, (_, index) => index + 1);
  const rows = numbers.map((number) => rowOf(number, shape.portBase, spawnNode(folder, nameOf(number))));
  writeRows(folder, rows);
  const failure = await allServe(folder, rows, () => stop.isAsked);
  if (failure !== '' || stop.isAsked) {
    if (!stop.isAsked) process.stderr.write(`the cluster does not serve, and is ended again\n${failure}`);
    await endNodes(rows);
    return stop.isAsked ? 0 : 1;
  }
  const balancer = await startBalancer({ folder, port: shape.portBase, nodes: rows });
  process.stdout.write(ready(folder, rows, balancer));
  const watch = setInterval(sayWhoEnded(folder), watchIntervalMs);
  await asked;
  clearInterval(watch);
  await balancer?.stop();
  await endNodes(readRows(folder) ?? []);
  return 0;
}

function ready(folder: string, rows: readonly NodeRow[], balancer: Balancer | undefined): string {
  const [first] = rows;
  const site = balancer?.url ?? first?.default ?? '';
  const ui = first?.ui ?? '';
  const nodes = rows.map(({ name, pid, default: url }) => `  ${name} ${url} (pid ${pid})\n`).join('');
  return (
    `Beckon cluster is ready: site ${site}/playground/ workspace ${ui}/workspace/ cluster ${ui}/cluster/\n` +
    `${nodes}Ctrl-C ends it. Its state: bin/beckon cluster status --config ${join(folder, 'cluster.yaml')}\n`
  );
}

/** Looks whether a node has ended by itself, and says so once. */
function sayWhoEnded(folder: string): () => void {
  const said = new Set<number>();
  return () => {
    for (const row of readRows(folder) ?? []) {
      if (said.has(row.pid) || isRunning(row)) continue;
      said.add(row.pid);
      const again = `bin/cluster start-node ${row.name} --data ${folder}`;
      process.stderr.write(`${row.name} has ended, see ${logFileOf(folder, row.name)}; again: ${again}\n`);
    }
  };
}

function rowsOf(folder: string): NodeRow[] {
  const rows = readRows(folder);
  if (rows !== undefined) return rows;
  throw new AppError('NOT_FOUND', `${folder} has no cluster: start one with bin/cluster --data ${folder}`);
}

async function startAgain(folder: string, name: string | undefined): Promise<number> {
  const rows = rowsOf(folder);
  const row = rows.find((candidate) => candidate.name === name);
  if (row === undefined) {
    const names = rows.map((candidate) => candidate.name).join(', ');
    throw new AppError('NOT_FOUND', `start-node needs the name of a node of ${folder}: ${names}`);
  }
  if (isRunning(row)) throw new AppError('CONFLICT', `${row.name} runs already, with pid ${row.pid}`);
  row.pid = spawnNode(folder, row.name);
  writeRows(folder, rows);
  const failure = await allServe(folder, [row]);
  if (failure === '') process.stdout.write(`${row.name} serves: ${row.default}\n`);
  else process.stderr.write(`${row.name} was started, and does not serve yet (pid ${row.pid})\n${failure}`);
  return failure === '' ? 0 : 1;
}

/** Ends what runs, and says what ran. */
async function stopCluster(folder: string): Promise<number> {
  const running = rowsOf(folder).filter(isRunning);
  await endBalancer(folder);
  await endNodes(running);
  const names = running.map(({ name }) => name).join(', ');
  process.stdout.write(running.length === 0 ? 'no node of it ran\n' : `ended: ${names}\n`);
  return 0;
}
