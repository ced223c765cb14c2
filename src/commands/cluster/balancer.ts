/**
 * nginx in front of a cluster on one machine, when it is installed: sticky by the cookie that the nodes
 * set.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Balancer {
  readonly url: string;
  stop(): Promise<void>;
}

interface BalancerOptions {
  folder: string;
  port: number;
  nodes: readonly { name: string; default: string }[];
}

/** Where Debian has nginx, which is not on everybody's path. */
const env = { ...process.env, PATH: `${process.env.PATH ?? ''}:/usr/local/sbin:/usr/sbin` };

/** Ends an nginx that outlived whoever started it with this folder. */
export async function endBalancer(folder: string): Promise<void> {
  const file = join(folder, 'nginx', 'nginx.pid');
  let pid: number;
  try {
    pid = Number(readFileSync(file, 'utf8'));
    // Its number may be another process's by now.
    if (!readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(join(folder, 'nginx', 'nginx.conf'))) return;
    process.kill(pid, 'SIGQUIT');
  } catch {
    return;
  }
  for (let tries = 0; tries < 50; tries++) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await new Promise((wait) => setTimeout(wait, 100));
  }
  process.kill(pid, 'SIGTERM');
}

/** Undefined when nginx is not installed, which is no error. */
export async function startBalancer(options: BalancerOptions): Promise<Balancer | undefined> {
  if (spawnSync('nginx', ['-v'], { env }).status !== 0) return undefined;
  const folder = join(options.folder, 'nginx');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'nginx.conf');
  writeFileSync(file, configurationOf(options, folder));
  const child = spawn('nginx', ['-c', file, '-p', folder, '-e', join(folder, 'error.log')], {
    stdio: 'ignore',
    env,
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const url = `http://127.0.0.1:${options.port}`;
  for (let tries = 0; tries < 50 && child.exitCode === null; tries++) {
    const answers = await fetch(`${url}/server/isAlive`).then(
      () => true,
      () => false,
    );
    if (answers) break;
    await new Promise((wait) => setTimeout(wait, 100));
  }
  if (child.exitCode !== null) {
    process.stderr.write(`nginx did not start; ${join(folder, 'error.log')} says why\n`);
    return undefined;
  }
  return {
    url,
    async stop() {
      child.kill('SIGQUIT');
      await ended;
    },
  };
}

function configurationOf({ port, nodes }: BalancerOptions, folder: string): string {
  const host = (url: string): string => new URL(url).host;
  const sticky = nodes.map(({ name, default: url }) => `    ".${name}" ${host(url)};`).join('\n');
  const servers = nodes.map(({ default: url }) => `    server ${host(url)} max_fails=1 fail_timeout=2s;`);
  return `daemon off;
worker_processes 1;
pid ${folder}/nginx.pid;
events { worker_connections 4096; }
http {
  access_log off;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  map $cookie_GWEROUTEID $sticky {
    default any;
${sticky}
  }
  map $http_upgrade $connection_upgrade {
    default upgrade;
    '' '';
  }
  upstream any {
${servers.join('\n')}
  }
  server {
    listen 127.0.0.1:${port};
    proxy_http_version 1.1;
    proxy_set_header Upgrade $http_upgrade;
    proxy_set_header Connection $connection_upgrade;
    proxy_set_header Host $host;
    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    proxy_connect_timeout 1s;
    proxy_next_upstream error timeout http_503 non_idempotent;
    proxy_buffering off;
    location / {
      proxy_pass http://$sticky;
      # The node that the cookie names has gone, or serves nothing: any other knows who serves the visit now.
      proxy_intercept_errors on;
      error_page 502 503 504 = @any;
    }
    location @any {
      proxy_pass http://any;
    }
  }
}
`;
}
