/**
 * Sends hostile inputs to a running node while a neighbour goes on with his visit, and says what came of it:
 * answers by status, what the node's memory did, how long the neighbour waited. The inputs come at a steady
 * pace, and in between harmless ones at the same pace: for the neighbour's times to be compared.
 */
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { drawFrom, type FuzzInput, harmless, nextInput, type Port } from './inputs.js';

export interface FuzzTarget {
  ports: Record<Port, number>;
  agentCookie: string;
  /** Bytes that the node has in use once it has come to rest. */
  memoryInUse(): Promise<number>;
  /** Processor time that the node has taken so far. */
  cpuMs(): Promise<number>;
}

export interface FuzzOptions {
  inputs: number;
  seed: number;
  /** Picks inputs by what is told of them, to find out which of them does harm. */
  only?: RegExp | undefined;
}

export interface Times {
  /** Requests, and blocks of inputs beside which they were made. */
  count: number;
  blocks: number;
  p50: number;
  /** The median of the block of inputs in which it was lowest: what else the machine does only adds to it. */
  best: number;
}

type Kind = 'harmless' | 'hostile';

export interface FuzzReport {
  inputs: number;
  /** How many answers had which status; `closed` for none. */
  statuses: Record<string, number>;
  /** Inputs that were answered with 5xx, or with nothing although they ask for an answer: a few of them. */
  failures: string[];
  /** Bytes in use at rest: after a tenth of the inputs, and at the end. */
  memoryBefore: number;
  memoryAfter: number;
  /** Inputs that had no answer in time, and had one when they were sent again: the machine was busy. */
  late: number;
  /** Processor time of the node for an input with the neighbour's events, and in the worst hostile block. */
  cpuMsPerInput: Record<Kind | 'worst', number>;
  /** Times of the neighbour's requests in ms, beside harmless and beside hostile inputs. */
  neighbour: Record<Kind, Times> & { failed: number };
}

const parallel = 16;
const answerTimeoutMs = 5_000;
/** What may wait for more is given up after this. */
const silenceMs = 30;
const failuresShown = 10;
const inputsPerSecond = 600;
/** Inputs of one kind in a row, and the hostile blocks for a harmless one. */
const blockInputs = 250;
const hostilePerHarmless = 4;
/** Fewer times of a block have no median worth the name. */
const blockTimesMin = 5;

export async function runFuzz(target: FuzzTarget, { inputs, seed, only }: FuzzOptions): Promise<FuzzReport> {
  const draw = drawFrom(seed);
  const statuses: Record<string, number> = {};
  const failures: string[] = [];
  let late = 0;
  let worstCpuMs = 0;
  const blocks = { harmless: 0, hostile: 0 };
  const cpuMs = { harmless: 0, hostile: 0 };
  const sent = { harmless: 0, hostile: 0 };
  const neighbour = createNeighbour(target.ports.default);

  async function send(input: FuzzInput, kind: Kind): Promise<void> {
    let status = await answerTo(input, target.ports[input.port]);
    if (status === 'silent') {
      late += 1;
      status = await answerTo(input, target.ports[input.port]);
    }
    if (kind === 'hostile') statuses[status] = (statuses[status] ?? 0) + 1;
    const isWrong = status.startsWith('5') || status === 'silent';
    if (isWrong && failures.length < failuresShown) failures.push(`${status}: ${input.about}`);
  }

  function nextHostile(): FuzzInput {
    for (;;) {
      const input = nextInput(draw, target.agentCookie);
      if (only?.test(input.about) !== false) return input;
    }
  }

  /** Inputs at their pace, a bounded number of them under way. */
  async function sendBlock(count: number, kind: Kind): Promise<void> {
    const startedMs = performance.now();
    const cpuBefore = await target.cpuMs();
    neighbour.beside(`${kind} ${blocks[kind]++}`);
    let next = 0;
    const work = async (): Promise<void> => {
      for (let index = next++; index < count; index = next++) {
        const earlyMs = startedMs + (index / inputsPerSecond) * 1_000 - performance.now();
        if (earlyMs > 0) await new Promise((resolve) => setTimeout(resolve, earlyMs));
        const input = nextHostile();
        await send(kind === 'hostile' ? input : { ...input, ...harmless }, kind);
      }
    };
    await Promise.all(Array.from({ length: parallel }, work));
    neighbour.beside('none');
    const taken = (await target.cpuMs()) - cpuBefore;
    cpuMs[kind] += taken;
    sent[kind] += count;
    if (kind === 'hostile') worstCpuMs = Math.max(worstCpuMs, taken / count);
  }

  async function sendAll(count: number): Promise<void> {
    for (let done = 0, block = 0; done < count; done += blockInputs, block++) {
      const next = Math.min(blockInputs, count - done);
      if (block % hostilePerHarmless === 0) await sendBlock(next, 'harmless');
      await sendBlock(next, 'hostile');
    }
  }

  const warmUp = Math.floor(inputs / 10);
  await sendAll(warmUp);
  const memoryBefore = await target.memoryInUse();
  await sendAll(inputs - warmUp);
  const memoryAfter = await target.memoryInUse();
  const rounded = (ms: number): number => Math.round(ms * 100) / 100;
  return {
    inputs,
    statuses,
    failures,
    memoryBefore,
    memoryAfter,
    late,
    cpuMsPerInput: {
      harmless: rounded(cpuMs.harmless / sent.harmless),
      hostile: rounded(cpuMs.hostile / sent.hostile),
      worst: rounded(worstCpuMs),
    },
    neighbour: await neighbour.leave(),
  };
}

/** The status of the first answer, or what came in place of one. */
function answerTo({ bytes, isOpenEnded }: FuzzInput, port: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    let text = '';
    let isSilent = false;
    const timer = setTimeout(
      () => {
        isSilent = !isOpenEnded;
        end();
      },
      isOpenEnded ? silenceMs : answerTimeoutMs,
    );
    function end(): void {
      clearTimeout(timer);
      socket.destroy();
      resolve(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? (isSilent ? 'silent' : 'closed'));
    }
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => {
      text += chunk;
      // The frames after an upgrade are to be seen too, so it is left open.
      if (text.length > 12 && !text.startsWith('HTTP/1.1 101')) end();
    });
    socket.on('error', end);
    socket.on('close', end);
    socket.write(bytes);
  });
}

interface Neighbour {
  /** From now on this block goes on beside. */
  beside(block: string): void;
  leave(): Promise<FuzzReport['neighbour']>;
}

function createNeighbour(port: number): Neighbour {
  const file = join(import.meta.dirname, '../../test/fuzz/neighbour.mjs');
  const worker = new Worker(file, { workerData: { port } });
  return {
    beside: (block) => worker.postMessage(block),
    async leave() {
      const told = once(worker, 'message');
      worker.postMessage('over');
      const [{ times, failed }] = (await told) as [{ times: Record<string, number[]>; failed: number }];
      await worker.terminate();
      return { harmless: timesOf(times, 'harmless'), hostile: timesOf(times, 'hostile'), failed };
    },
  };
}

function timesOf(times: Record<string, number[]>, kind: Kind): Times {
  const blocks = Object.entries(times).flatMap(([name, taken]) => (name.startsWith(kind) ? [taken] : []));
  const medians = blocks.filter((taken) => taken.length >= blockTimesMin).map(median);
  const all = blocks.flat();
  return { count: all.length, blocks: medians.length, p50: median(all), best: Math.min(...medians) };
}

function median(times: number[]): number {
  const sorted = times.toSorted((one, other) => one - other);
  return Math.round((sorted[Math.floor(sorted.length / 2)] ?? 0) * 10) / 10;
}
