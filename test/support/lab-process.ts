/** A real lab in a process of its own: started on free ports, killed as hard as a test likes. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { freePort } from './free-ports.js';

const root = resolve(import.meta.dirname, '../..');
/** What a lab listens on, from its port base. */
const labPorts = [1, 2, 3, 4];
const startTimeoutMs = 30_000;

export interface Lab {
  readonly portBase: number;
  readonly data: string;
  /** Base URLs without a trailing slash. */
  readonly server: string;
  readonly site: string;
  readonly ui: string;
  readonly deploy: string;
  readonly pid: number;
  /** What it printed so far, both streams. */
  output(): string;
  /** Ends the process with a signal and waits for its end; its data stays. */
  end(signal: NodeJS.Signals): Promise<number | null>;
  /** Starts it again on the same ports and data. */
  restart(): Promise<Lab>;
  /** Kills it and removes its data. */
  remove(): Promise<void>;
}

export interface LabOptions {
  config?: string;
  portBase?: number;
  data?: string;
  /** Arguments of Node.js, before the program's own. */
  nodeArgs?: readonly string[];
  /** Added to the environment. */
  env?: Readonly<Record<string, string>>;
}

/** Starts a lab and waits until it says that it is ready; throws with its output when it does not. */
export async function startLab(options: LabOptions = {}): Promise<Lab> {
  const portBase = options.portBase ?? (await freePort(labPorts));
  const data = options.data ?? (await mkdtemp(join(tmpdir(), 'beckon-lab-')));
  const args = ['lab', '--port-base', String(portBase), '--data', data];
  if (options.config !== undefined) args.push('--config', options.config);
  const nodeArgs = options.nodeArgs ?? [];
  const child = spawn(process.execPath, [...nodeArgs, join(root, 'dist/main.js'), ...args], {
    stdio: 'pipe',
    env: { ...process.env, ...options.env },
  });
  const printed = collect(child);
  await ready(child, printed);

  async function end(signal: NodeJS.Signals): Promise<number | null> {
    if (child.exitCode === null && child.signalCode === null) {
      const exited = once(child, 'exit');
      child.kill(signal);
      await exited;
    }
    return child.exitCode;
  }

  return {
    portBase,
    data,
    server: `http://127.0.0.1:${portBase + 1}`,
    site: `http://127.0.0.1:${portBase + 1}/playground`,
    ui: `http://127.0.0.1:${portBase + 2}`,
    deploy: `http://127.0.0.1:${portBase + 3}`,
    pid: child.pid ?? 0,
    output: printed,
    end,
    restart: () => startLab({ ...options, portBase, data }),
    async remove() {
      await end('SIGKILL');
      await rm(data, { recursive: true, force: true });
    },
  };
}

/** Runs a lab that is expected not to start; gives its exit code and output. */
export async function runLab(options: LabOptions): Promise<{ code: number | null; output: string }> {
  const args = ['lab', '--port-base', String(options.portBase ?? (await freePort(labPorts)))];
  if (options.data !== undefined) args.push('--data', options.data);
  if (options.config !== undefined) args.push('--config', options.config);
  const child = spawn(process.execPath, [join(root, 'dist/main.js'), ...args], { stdio: 'pipe' });
  const printed = collect(child);
  const timer = setTimeout(() => child.kill('SIGKILL'), startTimeoutMs);
  await once(child, 'exit');
  clearTimeout(timer);
  return { code: child.exitCode, output: printed() };
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

async function ready(child: ChildProcess, printed: () => string): Promise<void> {
  const end = Date.now() + startTimeoutMs;
  while (!printed().includes('Beckon is ready')) {
    if (child.exitCode !== null || child.signalCode !== null || Date.now() > end) {
      child.kill('SIGKILL');
      throw new Error(`the lab did not start:\n${printed()}`);
    }
    await new Promise((resolveSoon) => setTimeout(resolveSoon, 20));
  }
}
