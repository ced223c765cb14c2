/**
 * What the wire between two nodes costs: frames of one turn, with `--batches` batches of `--bytes` bytes, are
 * encoded, decoded and checked, without a socket. Prints one line.
 */
import { parseArgs } from 'node:util';
import type { PeerMessage } from '../../src/cluster/member/index.js';
import { fromWire, peersService, toWire } from '../../src/transport/peers/protocol.js';

const { values } = parseArgs({
  options: {
    size: { type: 'string', default: 'full' },
    batches: { type: 'string', default: '40' },
    bytes: { type: 'string', default: '600' },
  },
});
const rounds = values.size === 'smoke' ? 200 : 20_000;
const batches = Number(values.batches);
const payload = Buffer.alloc(Number(values.bytes), 'x');
const { requestSerialize, requestDeserialize } = peersService().service.Exchange;

const message: PeerMessage = {
  kind: 'frames',
  epoch: 3,
  stamps: [],
  seeds: [],
  fulls: [],
  leaves: [],
  released: [],
  batches: Array.from({ length: batches }, (_, partition) => ({
    partition,
    generation: 1,
    previousSeq: 3 * 2 ** 32,
    firstSeq: 3 * 2 ** 32 + 1,
    payloads: [payload],
    adopted: [],
  })),
};

/** Microseconds of CPU per turn that `work` takes. */
function costOf(work: () => void): number {
  for (let round = 0; round < rounds / 10; round++) work();
  const before = process.cpuUsage();
  for (let round = 0; round < rounds; round++) work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / rounds;
}

const bytes = requestSerialize({ messages: [toWire(message)] });
const encodeUs = costOf(() => requestSerialize({ messages: [toWire(message)] }));
const decodeUs = costOf(() => requestDeserialize(bytes));
const frame = requestDeserialize(bytes);
let taken = 0;
const checkUs = costOf(() => {
  for (const wire of frame.messages) taken += fromWire({ ...wire }).is === 'message' ? 1 : 0;
});
if (taken === 0) throw new Error('nothing was taken');
const costs = [encodeUs, decodeUs, checkUs].map((us) => us.toFixed(1));
process.stdout.write(
  `wire: ${batches} batches of ${payload.length} bytes are ${bytes.length} bytes; ` +
    `encode, decode, check: ${costs.join(', ')} us a turn\n`,
);
