/** CPU per stored event, all threads, in segments of ten and writes of `--rows` segments; prints one line. */
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { encodeEvents } from '../../src/model/index.js';
import { type Row, openEmbeddedStore } from '../../src/stores/index.js';
import { typicalEvents } from './typical-events.js';

const { values } = parseArgs({
  options: { size: { type: 'string', default: 'full' }, rows: { type: 'string', default: '2000' } },
});
const visits = values.size === 'smoke' ? 1_000 : 20_000;
const writeRows = Number(values.rows);
const segmentsPerVisit = 5;

const folder = await mkdtemp(join(tmpdir(), 'beckon-bench-'));
const file = join(folder, 'store.db');
const store = await openEmbeddedStore({ file });
const sample = Array.from({ length: segmentsPerVisit }, (_, segment) => {
  const events = typicalEvents(1, 10, segment * 10);
  return encodeEvents(events[0]!.visitID, events[0]!.globalVisitID, events);
});

/** Visits run a thousand at a time, as on a busy site: each write has one segment of many visits. */
const rows: Row[] = [];
const together = 1_000;
for (let first = 0; first < visits; first += together) {
  for (let segment = 0; segment < segmentsPerVisit; segment++) {
    for (let visit = first; visit < Math.min(first + together, visits); visit++) {
      const visitId = (Math.imul(visit + 1, 0x9e3779b1) >>> 0).toString(16).toUpperCase().padStart(32, 'A');
      rows.push({
        entity: 'events',
        value: { visitId, firstOrdinal: segment * 10, count: 10, bytes: sample[segment]! },
      });
    }
  }
}
const before = process.cpuUsage();
const started = performance.now();
for (let start = 0; start < rows.length; start += writeRows)
  await store.write(rows.slice(start, start + writeRows));
const used = process.cpuUsage(before);
const seconds = (performance.now() - started) / 1_000;
const events = rows.length * 10;
await store.close();
const { size } = await stat(file);
await rm(folder, { recursive: true });
console.log(
  `embedded-store: ${Math.round(events / seconds)} events/s, ` +
    `${((used.user + used.system) / events).toFixed(2)} us CPU/event ` +
    `(system ${(used.system / events).toFixed(2)}), ` +
    `${(size / events).toFixed(0)} B/event on disk, ${rows.length} segments`,
);
