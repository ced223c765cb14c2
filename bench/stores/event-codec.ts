/** Cost and size of the event codec on batches of ten typical events; prints one line. */
import { createHash } from 'node:crypto';
import { parseArgs } from 'node:util';
import { type VisitorEvent, decodeEvents, encodeEvents } from '../../src/model/index.js';
import { typicalEvents } from './typical-events.js';

const { values } = parseArgs({ options: { size: { type: 'string', default: 'full' } } });
const rounds = values.size === 'smoke' ? 1_000 : 20_000;
const batches: VisitorEvent[][] = [];
for (let visit = 0; visit < 200; visit++) {
  // As a request brings them: strings of their own, not the generator's.
  batches.push(JSON.parse(JSON.stringify(typicalEvents(visit, 10))) as VisitorEvent[]);
}

function cpuUsPerEvent(run: (round: number) => void): number {
  for (let round = 0; round < rounds; round++) run(round);
  const start = process.cpuUsage();
  for (let round = 0; round < rounds; round++) run(round);
  const used = process.cpuUsage(start);
  return (used.user + used.system) / (rounds * 10);
}

const encoded = batches.map((events) =>
  encodeEvents(events[0]?.visitID ?? '', events[0]?.globalVisitID ?? '', events),
);
const encodeUs = cpuUsPerEvent((round) => {
  const events = batches[round % batches.length]!;
  encodeEvents(events[0]?.visitID ?? '', events[0]?.globalVisitID ?? '', events);
});
const decodeUs = cpuUsPerEvent((round) => {
  decodeEvents('V', encoded[round % encoded.length]!);
});
const json = batches.map((events) => JSON.stringify(events));
const jsonUs = cpuUsPerEvent((round) => {
  JSON.stringify(batches[round % batches.length]);
});
const parseUs = cpuUsPerEvent((round) => {
  JSON.parse(json[round % json.length]!);
});
const hash = createHash('sha256');
for (const bytes of encoded) hash.update(bytes);
const bytesPerEvent = encoded.reduce((sum, bytes) => sum + bytes.length, 0) / (encoded.length * 10);
const jsonBytesPerEvent = json.reduce((sum, text) => sum + text.length, 0) / (json.length * 10);
console.log(
  `event-codec: ${bytesPerEvent.toFixed(1)} B/event (JSON ${jsonBytesPerEvent.toFixed(0)}), ` +
    `encode ${encodeUs.toFixed(2)} us (JSON ${jsonUs.toFixed(2)}), ` +
    `decode ${decodeUs.toFixed(2)} us (JSON ${parseUs.toFixed(2)}), ` +
    `result ${hash.digest('hex').slice(0, 12)}`,
);
