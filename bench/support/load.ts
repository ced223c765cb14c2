/**
 * Sends prepared request bodies over kept-alive connections, as fast as they are answered or at a given rate.
 */
import { connect, type Socket } from 'node:net';
import { build, type Histogram } from 'hdr-histogram-js';

export interface LoadResult {
  requests: number;
  failures: number;
  durationMs: number;
  /** Microseconds from when a request was due to its answer. */
  latency: Histogram;
}

export interface LoadOptions {
  port: number;
  bodies: readonly Buffer[];
  connections: number;
  /** Requests per second over all connections; undefined sends the next as soon as one is answered. */
  rate?: number;
}

const answerEnd = Buffer.from('\r\n\r\n');

/** Opens `count` visits as pages do, some at a time, and gives their ids. */
export async function openVisits(
  port: number,
  count: number,
): Promise<{ visitID: string; globalVisitID: string }[]> {
  const opened: { visitID: string; globalVisitID: string }[] = [];
  const url = `http://127.0.0.1:${port}/server/data/categories?url=http%3A%2F%2Fshop.example%2F`;
  while (opened.length < count) {
    const some = Array.from({ length: Math.min(32, count - opened.length) }, async () =>
      (await fetch(url)).json(),
    );
    opened.push(...((await Promise.all(some)) as typeof opened));
  }
  return opened;
}

/** Sends every body once. A rate's requests are timed from when they were due, so a stall counts in full. */
export async function sendAll(options: LoadOptions): Promise<LoadResult> {
  const { bodies, connections, port, rate } = options;
  const latency = build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: 60_000_000,
    numberOfSignificantValueDigits: 3,
  });
  const requests = bodies.map((body) => requestOf(body, port));
  const result: LoadResult = { requests: requests.length, failures: 0, durationMs: 0, latency };
  const startedMs = performance.now();
  let next = 0;

  async function work(client: Client): Promise<void> {
    for (;;) {
      const index = next++;
      const request = requests[index];
      if (request === undefined) return;
      const dueMs = rate === undefined ? performance.now() : startedMs + (index / rate) * 1_000;
      await pauseUntil(dueMs);
      const status = await client.send(request);
      latency.recordValue(Math.max(1, Math.round((performance.now() - dueMs) * 1_000)));
      if (status !== 200) result.failures++;
    }
  }

  const clients = await Promise.all(Array.from({ length: connections }, () => openClient(port)));
  await Promise.all(clients.map(work));
  result.durationMs = performance.now() - startedMs;
  for (const client of clients) client.close();
  return result;
}

function requestOf(body: Buffer, port: number): Buffer {
  const head =
    `POST /server/data/events HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Type: application/json\r\n` +
    `Content-Length: ${body.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), body]);
}

async function pauseUntil(dueMs: number): Promise<void> {
  for (;;) {
    const leftMs = dueMs - performance.now();
    if (leftMs <= 0) return;
    // Timers are no finer than a millisecond; the rest is waited out in turns of the event loop.
    await (leftMs > 2
      ? new Promise((resolve) => setTimeout(resolve, leftMs - 1))
      : new Promise(setImmediate));
  }
}

interface Client {
  /** Sends one request and gives the status of its answer. */
  send(request: Buffer): Promise<number>;
  close(): void;
}

async function openClient(port: number): Promise<Client> {
  const socket: Socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  let received = Buffer.alloc(0);
  let answered: ((status: number) => void) | undefined;
  socket.on('data', (chunk) => {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
    const headEnd = received.indexOf(answerEnd);
    if (headEnd < 0) return;
    const head = received.toString('latin1', 0, headEnd);
    const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
    if (received.length < headEnd + answerEnd.length + length) return;
    received = received.subarray(headEnd + answerEnd.length + length);
    answered?.(Number(head.slice(9, 12)));
  });
  socket.on('close', () => answered?.(0));
  socket.on('error', () => answered?.(0));
  return {
    send: (request) =>
      new Promise((resolve) => {
        answered = resolve;
        socket.write(request);
      }),
    close: () => socket.destroy(),
  };
}
