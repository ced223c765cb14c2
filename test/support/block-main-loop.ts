/** Blocks the main loop of a running Node.js process, and no other thread of it, by its own inspector. */
import { readFile } from 'node:fs/promises';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { until } from './until.js';

/** With these the inspector, which SIGUSR1 starts, takes any free port. */
export const inspectable = { NODE_OPTIONS: '--inspect-port=127.0.0.1:0' };

/** Resolves when the loop turns again. `logFile` is where the process says where its inspector listens. */
export async function blockMainLoop(pid: number, logFile: string, forMs: number): Promise<void> {
  process.kill(pid, 'SIGUSR1');
  const address = await until(
    async () => /Debugger listening on (ws:\S+)/.exec(await readFile(logFile, 'utf8'))?.[1],
    'the inspector',
    20_000,
  );
  const socket = new WebSocket(address);
  try {
    await once(socket, 'open');
    const answered = once(socket, 'message');
    const expression = `for (const end = Date.now() + ${forMs}; Date.now() < end;);`;
    socket.send(JSON.stringify({ id: 1, method: 'Runtime.evaluate', params: { expression } }));
    await answered;
  } finally {
    socket.terminate();
  }
}
