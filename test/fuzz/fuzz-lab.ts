/** A lab for the fuzzer: it can be looked into, and keeps little in memory, so that what is left shows. */
import { freePort } from '../support/free-ports.js';
import { writeShippedLabConfig } from '../support/lab-config.js';
import { startLab } from '../support/lab-process.js';
import { until } from '../support/until.js';
import { inspect } from './inspected.js';
import { type FuzzOptions, type FuzzReport, runFuzz } from './run-fuzz.js';

export interface FuzzOutcome extends FuzzReport {
  isPolluted: boolean;
  /** What is not as it must be. */
  findings: string[];
}

/** Memory in use may differ by this: caches with a bound, and code that became hot. */
const growthBytesMax = 12 * 1024 * 1024;
/** How many times as long a neighbour may wait beside hostile inputs as beside harmless ones. */
const slowerMax = 2.5;
/** Below this a difference is the machine's, in ms. */
const noiseMs = 15;
/** With fewer harmless blocks to compare with, the times say more of the machine than of the node. */
const blocksJudgedMin = 20;
/** Processor time of the node for an input, in the worst block of them. */
const cpuMsPerInputMax = 20;
const restTimeoutMs = 120_000;

export async function fuzzLab(options: FuzzOptions): Promise<FuzzOutcome> {
  const search = await freePort();
  const config = await writeShippedLabConfig({
    elasticsearch: { enabled: true, 'http.enabled': true, 'http.port': search },
    // Visits sleep soon.
    beckon: { cellsMax: 500, cellIdleTime: 1 },
  });
  const lab = await startLab({ config, nodeArgs: ['--inspect=127.0.0.1:0'] });
  try {
    const inspected = await inspect(lab.output());
    const target = {
      ports: { default: lab.portBase + 1, ui: lab.portBase + 2, deploy: lab.portBase + 3, search },
      agentCookie: await agentCookie(lab.ui),
      cpuMs: () => inspected.cpuMs(),
      async memoryInUse() {
        await rest(lab.server);
        return inspected.memoryInUse();
      },
    };
    const report = await runFuzz(target, options);
    const isPolluted = await inspected.isPolluted();
    inspected.close();
    return { ...report, isPolluted, findings: findingsOf(report, isPolluted) };
  } catch (error) {
    throw new Error(`What the node said last:\n${lab.output().slice(-4_000)}`, { cause: error });
  } finally {
    await lab.remove();
  }
}

function findingsOf(report: FuzzReport, isPolluted: boolean): string[] {
  const { harmless, hostile, failed } = report.neighbour;
  const growth = report.memoryAfter - report.memoryBefore;
  const isJudged = harmless.blocks >= blocksJudgedMin;
  const isSlow = isJudged && hostile.best > noiseMs && hostile.best > harmless.best * slowerMax;
  return [
    ...report.failures,
    ...(failed > 0 ? [`${failed} events of the neighbour were not taken`] : []),
    ...(growth > growthBytesMax ? [`${growth} bytes more are in use than after the first tenth`] : []),
    ...(isSlow ? ['the neighbour waits longer beside hostile inputs'] : []),
    ...(report.cpuMsPerInput.worst > cpuMsPerInputMax ? ['some inputs cost the node too much'] : []),
    ...(isPolluted ? ['a prototype was changed'] : []),
  ];
}

/** Waits until sessions have expired and visits sleep: what is in memory then has no reason to be there. */
async function rest(server: string): Promise<void> {
  await until(
    async () => {
      const text = await (await fetch(`${server}/metrics`)).text();
      const sum = (name: string): number =>
        [...text.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? ([\\d.e+]+)$`, 'gm'))].reduce(
          (total, [, value]) => total + Number(value),
          0,
        );
      return sum('beckon_bayeux_sessions') === 0 && sum('beckon_websockets') === 0;
    },
    'the node to come to rest',
    restTimeoutMs,
  );
}

async function agentCookie(ui: string): Promise<string> {
  const answer = await fetch(`${ui}/workspace/api/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ user: 'anna', password: 'anna-lab' }),
  });
  return answer.headers.get('set-cookie')?.split(';')[0] ?? '';
}
