/** The two servers of the CometD bench, behind one face. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { JavaProgram } from '../../test/services/cometd/cometd.js';
import { until } from '../../test/support/until.js';
import { cpuSecondsOf, residentBytesOf } from '../support/server-process.js';

export interface Subject {
  readonly webSocketUrl: string;
  readonly httpUrl: string;
  /** Sends one message to everybody on `/all`. */
  publish(n: number): void;
  /** Heap in use after a collection. */
  heapBytes(): Promise<number>;
  rssBytes(): number;
  /** User and system time of all its threads so far. */
  cpuUs(): number;
  stop(): Promise<void>;
}

const text = 'a push of a usual size, about one hundred bytes';

export async function startOurs(): Promise<Subject> {
  const child = fork(join(import.meta.dirname, 'push-server.js'), ['edge'], { execArgv: ['--expose-gc'] });
  const ask = async <Answer>(request: object): Promise<Answer> => {
    child.send(request);
    return ((await once(child, 'message')) as [Answer])[0];
  };
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  const pid = child.pid ?? 0;
  const path = `127.0.0.1:${port}/server/cometd`;
  // Answers to publications are not awaited: a fan-out is over when everybody has it.
  const publish = (n: number): void => void child.send({ ask: 'publish', n, isQuiet: true });
  return {
    webSocketUrl: `ws://${path}`,
    httpUrl: `http://${path}`,
    publish,
    heapBytes: async () => (await ask<{ heapBytes: number }>({ ask: 'memory' })).heapBytes,
    rssBytes: () => residentBytesOf(pid),
    cpuUs: () => cpuSecondsOf(pid) * 1_000_000,
    async stop() {
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
  };
}

interface ReferenceLine {
  webSocketPort?: number;
  httpPort?: number;
  heapBytes?: number;
}

export async function startReference(): Promise<Subject> {
  const program = await JavaProgram.start<ReferenceLine>('ReferenceServer', ['-Xmx3g']);
  const { webSocketPort = 0, httpPort = 0 } = program.lines[0] ?? {};
  const { pid } = program;
  return {
    webSocketUrl: `ws://127.0.0.1:${webSocketPort}/server/cometd`,
    httpUrl: `http://127.0.0.1:${httpPort}/server/cometd`,
    publish: (n) => program.send(`publish ${n} ${text}`),
    async heapBytes() {
      const count = program.lines.length;
      program.send('gc');
      return until(() => program.lines[count]?.heapBytes, 'a collection');
    },
    rssBytes: () => residentBytesOf(pid),
    cpuUs: () => cpuSecondsOf(pid) * 1_000_000,
    stop: () => program.stop(),
  };
}
