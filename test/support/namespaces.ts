/**
 * Hosts for tests: network namespaces on one bridge, whose links can be cut one way or both and healed again.
 * All addresses are inside the namespaces. Needs root and `ip` (iproute2).
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, connect, type AddressInfo, type Server } from 'node:net';
import { join } from 'node:path';

export interface Hosts {
  /** Of host K, from 0. */
  addressOf(host: number): string;
  /** Arguments of `ip` that run what follows them on a host. */
  on(host: number): string[];
  /** A port of this machine's loopback that leads to `port` of a host, whatever is cut. */
  openDoor(host: number, port: number): Promise<number>;
  /** From now on packets of one host to the other vanish; those of the other way pass. */
  cut(from: number, to: number): void;
  /** All links work again. */
  heal(): void;
  remove(): Promise<void>;
}

/** No card has it: what is sent there arrives nowhere. */
const nobody = '02:00:00:00:00:99';
/** Runs beside the bridge: sockets of the file system lead to ports of the hosts. */
const relay = `const net = require('node:net');
process.stdin.setEncoding('utf8').on('data', (lines) => {
  for (const line of lines.trim().split('\\n')) {
    const { path, host, port } = JSON.parse(line);
    net.createServer((near) => {
      const far = net.connect(port, host);
      near.on('error', () => far.destroy()).on('close', () => far.destroy());
      far.on('error', () => near.destroy()).on('close', () => near.destroy());
      near.pipe(far).pipe(near);
    }).listen(path, () => console.log(path));
  }
});`;

function ip(...args: string[]): void {
  try {
    execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  } catch (error) {
    const needs = 'network namespaces need root and iproute2 (apt-get install iproute2)';
    throw new Error(`ip ${args.join(' ')}: ${needs}`, { cause: error });
  }
}

/** Makes the hosts; `folder` is for the sockets of their doors. */
export function makeHosts(count: number, folder: string): Hosts {
  const name = `beckon-${process.pid}`;
  const bridge = `${name}-bridge`;
  const hosts = Array.from({ length: count }, (_, index) => `${name}-${index}`);
  const addressOf = (host: number): string => `10.77.0.${host + 1}`;
  const cuts: [number, number][] = [];
  const servers: Server[] = [];

  ip('netns', 'add', bridge);
  ip('-n', bridge, 'link', 'add', 'br0', 'type', 'bridge');
  ip('-n', bridge, 'addr', 'add', '10.77.0.254/24', 'dev', 'br0');
  ip('-n', bridge, 'link', 'set', 'br0', 'up');
  for (const [index, host] of hosts.entries()) {
    ip('netns', 'add', host);
    ip('-n', bridge, 'link', 'add', `to${index}`, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', host);
    ip('-n', bridge, 'link', 'set', `to${index}`, 'master', 'br0', 'up');
    ip('-n', host, 'addr', 'add', `${addressOf(index)}/24`, 'dev', 'eth0');
    ip('-n', host, 'link', 'set', 'lo', 'up');
    ip('-n', host, 'link', 'set', 'eth0', 'up');
    ip('netns', 'exec', host, 'sh', '-c', 'echo 1 > /proc/sys/net/ipv4/conf/all/accept_local');
    // The hosts share one file system, as processes of one machine do: each takes the addresses of the others
    // for its own, and reaches them all the same.
    for (let other = 0; other < count; other++) {
      if (other === index) continue;
      ip('-n', host, 'addr', 'add', `${addressOf(other)}/32`, 'dev', 'lo');
      ip('-n', host, 'route', 'del', 'local', addressOf(other), 'dev', 'lo', 'table', 'local');
    }
  }
  const on = (host: string): string[] => ['netns', 'exec', host];
  const args = [...on(bridge), process.execPath, '-e', relay];
  const doors = spawn('ip', args, { stdio: ['pipe', 'pipe', 'inherit'] });
  doors.stdout.setEncoding('utf8');

  return {
    addressOf,
    on: (host) => on(hosts[host] ?? ''),
    async openDoor(host, port) {
      const path = join(folder, `${host}-${port}.door`);
      doors.stdin.write(`${JSON.stringify({ path, host: addressOf(host), port })}\n`);
      for (let said = ''; !said.includes(path);) {
        const [chunk] = (await once(doors.stdout, 'data')) as [string];
        said += chunk;
      }
      const server = createServer((near) => {
        const far = connect(path);
        near.on('error', () => far.destroy()).on('close', () => far.destroy());
        far.on('error', () => near.destroy()).on('close', () => near.destroy());
        near.pipe(far).pipe(near);
      });
      servers.push(server);
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      return (server.address() as AddressInfo).port;
    },
    cut(from, to) {
      cuts.push([from, to]);
      const where = [addressOf(to), 'lladdr', nobody, 'dev', 'eth0', 'nud', 'permanent'];
      ip('-n', hosts[from] ?? '', 'neigh', 'replace', ...where);
    },
    heal() {
      for (const [from, to] of cuts.splice(0)) {
        ip('-n', hosts[from] ?? '', 'neigh', 'del', addressOf(to), 'dev', 'eth0');
      }
    },
    async remove() {
      for (const server of servers) server.close();
      doors.kill('SIGKILL');
      if (doors.exitCode === null && doors.signalCode === null) await once(doors, 'exit');
      for (const host of [...hosts, bridge]) ip('netns', 'del', host);
    },
  };
}
