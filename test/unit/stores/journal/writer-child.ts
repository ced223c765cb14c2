/**
 * A process that locks a data folder, appends to its journal without end and prints each number that was
 * committed, until someone kills it. Entry `seq` is `seq * 37 % 200 + 50` bytes of value `seq % 251`.
 */
import { writeSync } from 'node:fs';
import { lockDataFolder } from '../../../../src/stores/data-folder-lock.js';
import { openJournal } from '../../../../src/stores/journal/index.js';

const folder = process.argv[2]!;
lockDataFolder(folder);
const journal = await openJournal({
  folder,
  segmentBytesMax: 50_000,
  onCommitted: (seq) => writeSync(1, `${seq}\n`),
  onFailed: (error) => {
    throw error;
  },
});
for (;;) {
  for (let count = 0; count < 20; count++) {
    const seq = journal.nextSeq;
    journal.append(new Uint8Array(((seq * 37) % 200) + 50).fill(seq % 251));
  }
  while (journal.nextSeq - journal.committedSeq > 100) await new Promise((resolve) => setImmediate(resolve));
}
