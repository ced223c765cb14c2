/**
 * Entries per second and CPU per entry of the journal, in bursts of `--burst` entries of 600 bytes; prints
 * one line.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openJournal } from '../../src/stores/journal/index.js';

const { values } = parseArgs({
  options: { size: { type: 'string', default: 'full' }, burst: { type: 'string', default: '100' } },
});
const entries = values.size === 'smoke' ? 5_000 : 200_000;
const burst = Number(values.burst);
const folder = await mkdtemp(join(process.env.BENCH_FOLDER ?? tmpdir(), 'beckon-bench-'));
const ignore = (): undefined => undefined;
let committed = 0;
let groups = 0;
const journal = await openJournal({
  folder,
  onCommitted(seq) {
    committed = seq;
    groups++;
  },
  onFailed(error) {
    throw error;
  },
});
const payload = new Uint8Array(600).fill(7);
const started = process.hrtime.bigint();
const usedBefore = process.cpuUsage();
for (let sent = 0; sent < entries;) {
  for (let index = 0; index < burst && sent < entries; index++, sent++) journal.append(payload);
  await new Promise((resolve) => setImmediate(resolve));
  while (sent - committed > 10_000) await new Promise((resolve) => setTimeout(resolve, 1));
}
await journal.close();
const used = process.cpuUsage(usedBefore);
const seconds = Number(process.hrtime.bigint() - started) / 1e9;
let replayed = 0;
const again = await openJournal({ folder, onCommitted: ignore, onFailed: ignore });
const replayStarted = process.hrtime.bigint();
for await (const entry of again.replay()) replayed += entry.payload.length > 0 ? 1 : 0;
const replaySeconds = Number(process.hrtime.bigint() - replayStarted) / 1e9;
await again.close();
await rm(folder, { recursive: true });
console.log(
  `journal: ${Math.round(entries / seconds)} entries/s in ${groups} groups, ` +
    `${((used.user + used.system) / entries).toFixed(2)} us CPU/entry ` +
    `(system ${(used.system / entries).toFixed(2)}), ` +
    `${((used.user + used.system) / groups).toFixed(0)} us CPU/group; replayed ${replayed} ` +
    `at ${Math.round(replayed / replaySeconds)}/s`,
);
