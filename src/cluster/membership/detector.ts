/**
 * The failure detector, in a thread of its own: the `swim` package, with sealed datagrams, seeds asked again
 * for ever, and the lag of the main loop told to everybody. A busy main loop is so told from a dead node.
 *
 * The package forgets faulty members and joins once. A node that is not seen is sent a `sync` again and again
 * (with jitter, ever more slowly), which also heals a partition: each side learns that it was called faulty,
 * and refutes it with a newer incarnation.
 */
import { lookup } from 'node:dns/promises';
import { parentPort, workerData } from 'node:worker_threads';
import Swim from 'swim';
import type { NodeIdentity } from '../identity.js';
import type { DetectorMessage, DetectorOptions, MemberSeen } from './messages.js';
import { createSeal, sealBytes } from './seal.js';

// The package uses calls that Node.js has deprecated.
process.noDeprecation = true;

/** Below what every network carries in one piece. */
const datagramBytesMax = 1_200;
const rejoinMinMs = 500;
const rejoinMaxMs = 5_000;
const pulseCheckMs = 250;

const options = workerData as DetectorOptions;
const seal = createSeal(options.keys);
const self = `${options.address}:${options.port}`;
let lagMs = 0;
let refused = 0;

interface Meta extends NodeIdentity {
  lagMs: number;
}

const swim = new Swim({
  // SWIM's incarnation, not the node's: above that of any earlier process, or the others, who have not yet
  // missed that one, would take this one for it.
  local: { host: self, meta: { ...options.self, lagMs } satisfies Meta, incarnation: Date.now() },
  interval: options.intervalMs,
  pingTimeout: options.intervalMs * 0.3,
  pingReqTimeout: options.intervalMs * 0.6,
  suspectTimeout: options.intervalMs * 1.4,
  udp: { maxDgramSize: datagramBytesMax - sealBytes },
  preferCurrentMeta: true,
});

function say(message: DetectorMessage): void {
  parentPort?.postMessage(message);
}

/** Seals what leaves, opens what comes, and binds to one address alone. */
function sealNetwork(): void {
  const { net } = swim;
  net.sendBuffer = (bytes, host) => {
    const colon = host.lastIndexOf(':');
    // An unreachable address is what the detector is there to find out.
    net.udpSocket.send(
      seal.seal(bytes),
      Number(host.slice(colon + 1)),
      host.slice(0, colon),
      () => undefined,
    );
  };
  net.messageListener = (bytes, from) => {
    const plain = seal.open(bytes);
    if (plain !== undefined) net.onMessage(plain, from);
    else if (refused++ % 1_000 === 0) say({ kind: 'refused', count: refused, from: from.address });
  };
  const bind = net.udpSocket.bind.bind(net.udpSocket);
  net.udpSocket.bind = ((port: number, done: () => void) =>
    bind({ port, address: options.address }, done)) as typeof net.udpSocket.bind;
}

function seenOf(meta: unknown): MemberSeen | undefined {
  const { name, incarnation, boot, host, lagMs: lag } = (meta ?? {}) as Partial<Meta>;
  if (typeof name !== 'string' || typeof incarnation !== 'string') return undefined;
  if (typeof boot !== 'string' || typeof host !== 'string' || typeof lag !== 'number') return undefined;
  return { identity: { name, incarnation, boot, host }, lagMs: lag };
}

let telling = false;

function tellSoon(): void {
  if (telling) return;
  telling = true;
  setImmediate(() => {
    telling = false;
    const members = swim.members(false, false).flatMap(({ meta }) => seenOf(meta) ?? []);
    say({ kind: 'members', members });
  });
}

/** Coarse steps, so that a busy node does not fill the network with its lag. */
function lagStep(ms: number): number {
  return ms < 1_000 ? 0 : 2 ** Math.floor(Math.log2(ms / 1_000)) * 1_000;
}

function watchPulse(): void {
  const pulse = new BigInt64Array(options.pulse);
  setInterval(() => {
    const step = lagStep(Date.now() - Number(Atomics.load(pulse, 0)));
    if (step === lagMs) return;
    lagMs = step;
    swim.updateMeta({ ...options.self, lagMs } satisfies Meta);
  }, pulseCheckMs);
}

async function addressOf(host: string): Promise<string | undefined> {
  try {
    return (await lookup(host, { family: 4 })).address;
  } catch {
    return undefined;
  }
}

/** Asks one seed that is not seen, again and again, with a pause that grows while nobody answers. */
async function keepJoining(seed: { host: string; port: number }): Promise<void> {
  let pauseMs = rejoinMinMs;
  for (;;) {
    const address = await addressOf(seed.host);
    const host = `${address ?? ''}:${seed.port}`;
    if (host === self) return;
    if (address !== undefined && swim.membership.get(host) === undefined) {
      swim.membership.sync([host]);
      pauseMs = Math.min(pauseMs * 1.5, rejoinMaxMs);
    } else pauseMs = rejoinMinMs;
    await new Promise((resolve) => setTimeout(resolve, pauseMs * (0.5 + Math.random())));
  }
}

sealNetwork();
swim.on('change', tellSoon);
swim.on('update', tellSoon);
swim.net.udpSocket.on('error', (error) => say({ kind: 'failed', reason: error.message }));
swim.bootstrap([], (error) => {
  if (error !== undefined) {
    say({ kind: 'failed', reason: error.message });
    return;
  }
  say({ kind: 'listening' });
  watchPulse();
  for (const seed of options.seeds) void keepJoining(seed);
});
