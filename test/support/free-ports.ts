/** Ports for servers that tests start. */
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';

/** Below the ports that connections take for themselves. */
const firstPort = 20_000;
/** Ports of one worker of the runner: two that look at the same time must not find the same. */
const portsOfWorker = 6_000;
const workers = 2;
const triesMax = 200;

/** A number P such that P plus each of `offsets` is free now, for TCP and UDP on 127.0.0.1. */
export async function freePort(offsets: readonly number[] = [0]): Promise<number> {
  const worker = Number(process.env.VITEST_POOL_ID ?? 1) % workers;
  const room = portsOfWorker - Math.max(0, ...offsets);
  for (let tries = 0; tries < triesMax; tries++) {
    const port = firstPort + worker * portsOfWorker + Math.floor(Math.random() * room);
    const free = await Promise.all(offsets.map((offset) => isFree(port + offset)));
    if (free.every(Boolean)) return port;
  }
  throw new Error(`no port was found with ${offsets.join(', ')} beyond it free`);
}

/** That many different ones. */
export async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) ports.add(await freePort());
  return [...ports];
}

async function isFree(port: number): Promise<boolean> {
  const tcp = createServer();
  const udp = createSocket('udp4');
  const had = await Promise.all([
    new Promise<boolean>((done) => {
      tcp.once('error', () => done(false));
      tcp.listen(port, '127.0.0.1', () => done(true));
    }),
    new Promise<boolean>((done) => {
      udp.once('error', () => done(false));
      udp.bind(port, '127.0.0.1', () => done(true));
    }),
  ]);
  await new Promise((done) => tcp.close(done));
  if (had[1]) udp.close();
  return had.every(Boolean);
}
