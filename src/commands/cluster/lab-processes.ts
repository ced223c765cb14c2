/** The processes of a cluster on one machine: started, looked after and ended by whoever keeps them. */
import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { AppError } from '../../base/index.js';
import { distFolder } from '../place.js';
import { type LabShape, nameOf, type NodeRow, portsOfNode } from './lab-folder.js';

const readyTimeoutMs = 60_000;
const lookMs = 100;

const delay = (ms: number) => new Promise<void>((wait) => setTimeout(wait, ms));

export function logFileOf(folder: string, name: string): string {
  return join(folder, name, 'node.log');
}

/** Starts one node's process, with its output in a file of its own; gives its pid. */
export function spawnNode(folder: string, name: string): number {
  mkdirSync(join(folder, name), { recursive: true });
  const log = openSync(logFileOf(folder, name), 'a');
  const flags = ['--max-semi-space-size=32', '--enable-source-maps'];
  const command = ['node', '--name', name, '--config', join(folder, 'cluster.yaml')];
  const child = spawn(process.execPath, [...flags, join(distFolder, 'main.js'), ...command], {
    stdio: ['ignore', log, log],
    detached: true,
  });
  closeSync(log);
  // Nodes outlive who started them.
  child.unref();
  return child.pid ?? 0;
}

/** Whether the row's process is still this node: its number may be another process's by now. */
export function isRunning({ name, pid }: Pick<NodeRow, 'name' | 'pid'>): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`\0--name\0${name}\0`);
  } catch {
    // A system without /proc: the number has to do.
    return true;
  }
}

/** Tells nodes to stop, all at once, and waits for their ends. */
export async function endNodes(rows: readonly NodeRow[]): Promise<void> {
  for (const row of rows) if (isRunning(row)) process.kill(row.pid, 'SIGTERM');
  while (rows.some(isRunning)) await delay(lookMs);
}

/** Throws `AppError` CONFLICT, which names the port, when something listens there already. */
export async function checkPorts({ nodes, portBase }: LabShape): Promise<void> {
  for (let number = 1; number <= nodes; number++) {
    for (const [id, offset] of Object.entries(portsOfNode)) {
      const port = portBase + 10 * number + offset;
      const isFree = await (id === 'swim' ? isFreeForDatagrams(port) : isFreeForConnections(port));
      if (isFree) continue;
      const message = `port ${port} (${id} of ${nameOf(number)}) is in use: choose another --port-base`;
      throw new AppError('CONFLICT', message);
    }
  }
}

export function isFreeForConnections(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}

function isFreeForDatagrams(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    socket.once('error', () => socket.close(() => resolve(false)));
    socket.bind({ port, address: '127.0.0.1', exclusive: true }, () => socket.close(() => resolve(true)));
  });
}

/** Undefined when the node serves; otherwise why not. */
async function whyNotServing({ default: base }: NodeRow): Promise<string | undefined> {
  try {
    const answer = await fetch(`${base}/server/about`, { signal: AbortSignal.timeout(1_000) });
    const about = (await answer.json()) as { serving?: boolean; reason?: string };
    return about.serving === true ? undefined : (about.reason ?? 'it does not say why');
  } catch {
    return 'it does not answer';
  }
}

/**
 * Resolves with '' when all serve; with what is the matter, a line for each node, when the time is over,
 * when one has ended, or when `isOver` says that nobody waits any more.
 */
export async function allServe(
  folder: string,
  rows: readonly NodeRow[],
  isOver: () => boolean = () => false,
): Promise<string> {
  const untilMs = Date.now() + readyTimeoutMs;
  for (;;) {
    const reasons = await Promise.all(rows.map(whyNotServing));
    if (reasons.every((reason) => reason === undefined)) return '';
    const ended = rows.filter((row) => !isRunning(row));
    if (ended.length > 0) return ended.map(({ name }) => endText(folder, name)).join('');
    if (Date.now() > untilMs || isOver()) {
      return rows
        .map(({ name }, index) => (reasons[index] === undefined ? '' : `${name}: ${reasons[index]}\n`))
        .join('');
    }
    await delay(lookMs);
  }
}

/** That a node has ended, with its last words. */
function endText(folder: string, name: string): string {
  const file = logFileOf(folder, name);
  const last = readFileSync(file, 'utf8').trimEnd().split('\n').at(-1) ?? '';
  return `${name} has ended: ${last}\n  more in ${file}\n`;
}
