/** A real nginx with the sample configuration of `deploy/nginx`, on ports of the test's choice. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../../support/until.js';

export interface Nginx {
  port: number;
  stop(): Promise<void>;
}

export interface NginxOptions {
  port: number;
  /** The node behind it. */
  target: number;
  /** A proxy that knows no WebSocket, as many in companies. */
  blocksWebSocket?: boolean;
}

function binary(): string {
  const folders = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/usr/local/sbin'];
  const found = [process.env.NGINX, ...folders.map((folder) => join(folder, 'nginx'))].find(
    (path) => path !== undefined && existsSync(path),
  );
  if (found === undefined) {
    throw new Error('These tests need nginx: apt-get install nginx-light, or name its binary in NGINX.');
  }
  return found;
}

/** Replaces a text that must be there, so that a changed sample does not go untested. */
function swap(text: string, from: string, to: string): string {
  if (!text.includes(from)) throw new Error(`deploy/nginx/beckon.conf has no "${from}"`);
  return text.replace(from, to);
}

/** Starts nginx and resolves when it takes connections. */
export async function startNginx({ port, target, blocksWebSocket }: NginxOptions): Promise<Nginx> {
  const nginx = binary();
  const folder = await mkdtemp(join(tmpdir(), 'beckon-nginx-'));
  let sample = await readFile('deploy/nginx/beckon.conf', 'utf8');
  sample = swap(sample, 'server 127.0.0.1:9081', `server 127.0.0.1:${target}`);
  sample = swap(sample, 'listen 80;', `listen 127.0.0.1:${port};`);
  if (blocksWebSocket === true) {
    sample = swap(sample, 'Upgrade $http_upgrade', "Upgrade ''");
    sample = swap(sample, 'Connection $beckon_connection', "Connection ''");
  }
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${folder}/${name};`)
    .join(' ');
  const file = join(folder, 'nginx.conf');
  await writeFile(
    file,
    `daemon off; pid ${folder}/pid; error_log ${folder}/error.log; events { worker_connections 512; }\n` +
      `http { access_log off; ${temporary}\n${sample}}\n`,
  );
  const child = spawn(nginx, ['-p', folder, '-e', `${folder}/error.log`, '-c', file], { stdio: 'inherit' });
  const stop = async (): Promise<void> => {
    await end(child);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await until(() => child.exitCode !== null || isOpen(port), 'nginx to listen');
    if (child.exitCode !== null) throw new Error(`nginx did not start: ${await log(folder)}`);
  } catch (error) {
    await stop();
    throw error;
  }
  return { port, stop };
}

function log(folder: string): Promise<string> {
  return readFile(join(folder, 'error.log'), 'utf8').catch(() => 'it left no log');
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
