/**
 * Sends hostile inputs to a running node, a few at a time, while a neighbour goes on with his visit, and says
 * what came of it: answers by status, what the node's memory did, how long the neighbour waited.
 */
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { visitor } from '../support/visitor-client.js';
import { drawFrom, type FuzzInput, nextInput, type Port } from './inputs.js';

export interface FuzzTarget {
  ports: Record<Port, number>;
  pid: number;
}

export interface FuzzReport {
  inputs: number;
  /** How many answers had which status; `closed` for none. */
  statuses: Record<string, number>;
  /** Inputs that were answered with 5xx, a few of them. */
  failures: string[];
  /** Resident bytes after a warm-up of a tenth of the inputs, and at the end. */
  memoryBefore: number;
  memoryAfter: number;
  /** Times of the neighbour's requests in ms: alone, and while the inputs came. */
  neighbourAlone: { p50: number; p99: number };
  neighbour: { p50: number; p99: number; failed: number };
}

const parallel = 64;
const answerTimeoutMs = 5_000;
/** A request that is cut short is never answered: it is given up after this. */
const silenceMs = 30;
const failuresShown = 10;

export async function runFuzz(target: FuzzTarget, inputs: number, seed: number): Promise<FuzzReport> {
  const draw = drawFrom(seed);
  const statuses: Record<string, number> = {};
  const failures: string[] = [];
  let sent = 0;
  let memoryBefore = 0;

  async function send(): Promise<void> {
    while (sent < inputs) {
      if (sent === Math.floor(inputs / 10)) memoryBefore = await residentBytes(target.pid);
      sent++;
      const input = nextInput(draw);
      const status = await answerTo(input, target.ports[input.port]);
      statuses[status] = (statuses[status] ?? 0) + 1;
      if (status.startsWith('5') && failures.length < failuresShown)
        failures.push(`${status} ${input.about}`);
    }
  }

  const neighbour = createNeighbour(target.ports.default);
  const neighbourAlone = await neighbour.during(() => new Promise((resolve) => setTimeout(resolve, 500)));
  const during = await neighbour.during(async () => {
    await Promise.all(Array.from({ length: parallel }, send));
  });
  return {
    inputs,
    statuses,
    failures,
    memoryBefore,
    memoryAfter: await residentBytes(target.pid),
    neighbourAlone: { p50: neighbourAlone.p50, p99: neighbourAlone.p99 },
    neighbour: during,
  };
}

/** The status of the first answer; `closed` when the connection ended or stayed silent without one. */
function answerTo({ bytes, about }: FuzzInput, port: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    let text = '';
    const isCut = /cut short|no HTTP|hostile headers/.test(about);
    const timer = setTimeout(end, isCut ? silenceMs : answerTimeoutMs);
    function end(): void {
      clearTimeout(timer);
      socket.destroy();
      resolve(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 'closed');
    }
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => {
      text += chunk;
      if (text.length > 12) end();
    });
    socket.on('error', end);
    socket.on('close', end);
    socket.write(bytes);
  });
}

/** A visitor who sends an event every few milliseconds, and minds how long it takes. */
function createNeighbour(port: number): {
  during(work: () => Promise<void>): Promise<{ p50: number; p99: number; failed: number }>;
} {
  const client = visitor(`http://127.0.0.1:${port}`, 'NEIGHBOUR', 'NEIGHBOUR', 'http://shop.example/');
  return {
    async during(work) {
      const times: number[] = [];
      let failed = 0;
      let isOver = false;
      const walk = async (): Promise<void> => {
        while (!isOver) {
          const startedMs = performance.now();
          const answer = await client.send([client.event('Walk')]).catch(() => undefined);
          times.push(performance.now() - startedMs);
          if (answer?.status !== 200 || answer.body.accepted.length !== 1) failed++;
          await new Promise((resolve) => setTimeout(resolve, 10));
        }
      };
      const walking = walk();
      await work();
      isOver = true;
      await walking;
      times.sort((one, other) => one - other);
      const at = (share: number): number =>
        Math.round((times[Math.floor(times.length * share)] ?? 0) * 10) / 10;
      return { p50: at(0.5), p99: at(0.99), failed };
    },
  };
}

async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1_024;
}
