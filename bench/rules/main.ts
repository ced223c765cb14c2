/** `node bench/rules/run.mjs`: the real size, one printed line. */
import { realSize, runBench } from './run-bench.js';

const size = {
  ...realSize,
  visits: Number(process.argv[2] ?? realSize.visits),
  eventsPerVisit: Number(process.argv[3] ?? realSize.eventsPerVisit),
};
const heapBefore = process.memoryUsage().heapUsed;
let heapBytes = 0;
const result = runBench(
  size,
  () => performance.now(),
  () => process.cpuUsage().user / 1_000,
  () => {
    globalThis.gc?.();
    heapBytes = process.memoryUsage().heapUsed - heapBefore;
  },
);
process.stdout.write(
  `rules ${size.rules} visits ${size.visits} events ${result.events} firings ` +
    `${result.firings} hash ${result.hash} ` +
    `${result.eventsPerSecond} events/s, ${result.eventsPerCpuSecond} events per CPU ` +
    `second; session encoded ${result.sessionBytesMean} B mean ${result.sessionBytesMax} B max, ` +
    `heap ${Math.round(heapBytes / size.visits)} B per visit\n`,
);
