/** A look into a node that was started with `--inspect`: memory after a full collection, prototypes. */
import { WebSocket } from 'ws';

export interface Inspected {
  /** Bytes of objects that are in use, buffers among them. */
  memoryInUse(): Promise<number>;
  /** Processor time of the process so far. */
  cpuMs(): Promise<number>;
  /** Whether `Object.prototype` and `Array.prototype` have something of a stranger's. */
  isPolluted(): Promise<boolean>;
  close(): void;
}

const callTimeoutMs = 30_000;

/** `output` is what the process printed, the inspector's address in it. */
export async function inspect(output: string): Promise<Inspected> {
  const url = /ws:\/\/127\.0\.0\.1:\d+\/[\w-]+/.exec(output)?.[0];
  if (url === undefined) throw new Error('the process tells no address of an inspector');
  const socket = new WebSocket(url, { perMessageDeflate: false });
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  const waiting = new Map<number, (result: { result?: { value?: unknown } }) => void>();
  socket.on('message', (data: Buffer) => {
    const { id, result } = JSON.parse(data.toString()) as { id?: number; result?: object };
    if (id !== undefined) waiting.get(id)?.(result ?? {});
  });
  let lastId = 0;

  async function call(method: string, params: object = {}): Promise<unknown> {
    const id = ++lastId;
    let timer: NodeJS.Timeout | undefined;
    const answered = new Promise<{ result?: { value?: unknown } }>((resolve, reject) => {
      waiting.set(id, resolve);
      timer = setTimeout(() => reject(new Error(`no answer to ${method}`)), callTimeoutMs);
    });
    socket.send(JSON.stringify({ id, method, params }));
    const { result } = await answered.finally(() => {
      clearTimeout(timer);
      waiting.delete(id);
    });
    return result?.value;
  }
  const evaluate = (expression: string): Promise<unknown> =>
    call('Runtime.evaluate', { expression, returnByValue: true });

  return {
    async memoryInUse() {
      // What the first collection finalises, the second frees.
      for (let count = 0; count < 3; count++) await call('HeapProfiler.collectGarbage');
      return Number(
        await evaluate('(({ heapUsed, external }) => heapUsed + external)(process.memoryUsage())'),
      );
    },
    cpuMs: async () =>
      Number(await evaluate('(({ user, system }) => (user + system) / 1000)(process.cpuUsage())')),
    isPolluted: async () =>
      (await evaluate('Object.keys(Object.prototype).length + Object.keys(Array.prototype).length')) !== 0,
    close: () => socket.close(),
  };
}
