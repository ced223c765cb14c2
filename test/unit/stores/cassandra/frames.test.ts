import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compressedFrames, FrameInflater } from '../../../../src/stores/cassandra/frames.js';
import { codecs } from '../../../../src/stores/cassandra/transport-compression.js';

const [startup, options, query] = [0x01, 0x05, 0x07];

function frame(opcode: number, body: Uint8Array): Buffer {
  const head = Buffer.from([4, 0, 0, 9, opcode, 0, 0, 0, 0]);
  head.writeInt32BE(body.length, 5);
  return Buffer.concat([head, body]);
}

/** What a reader gets of `bytes` that come in pieces. */
function inflated(bytes: Buffer, cuts: readonly number[], codec: keyof typeof codecs): Promise<Buffer> {
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  const pieces = [0, ...places].map((from, at) => bytes.subarray(from, places[at] ?? bytes.length));
  const whole = Readable.from(pieces.filter(({ length }) => length > 0));
  return buffer(whole.pipe(new FrameInflater(codecs[codec]())));
}

it.each(['LZ4', 'SNAPPY'] as const)('come back from %s as they were, however they are cut', async (name) => {
  const bodies = fc.array(
    fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.tuple(fc.nat(255), fc.integer({ min: 0, max: 9_000 })).map(([fill, size]) => {
        return new Uint8Array(size).fill(fill);
      }),
    ),
    { minLength: 1, maxLength: 6 },
  );
  await fc.assert(
    fc.asyncProperty(bodies, fc.array(fc.nat(), { maxLength: 12 }), async (all, cuts) => {
      const plain = Buffer.concat(all.map((body) => frame(query, body)));
      const sent = compressedFrames(plain, codecs[name]());
      expect(sent.length).toBeLessThanOrEqual(plain.length);
      expect((await inflated(sent, cuts, name)).equals(plain)).toBe(true);
    }),
    { numRuns: 100 },
  );
  const large = frame(query, new Uint8Array(100_000));
  expect(compressedFrames(large, codecs[name]()).length).toBeLessThan(10_000);
});

it('asks for the algorithm in STARTUP, and compresses neither that nor OPTIONS', () => {
  const body = Buffer.concat([
    Buffer.from([0, 1, 0, 11]),
    Buffer.from('CQL_VERSION'),
    Buffer.from([0, 5]),
    Buffer.from('3.0.0'),
  ]);
  const asked = compressedFrames(frame(startup, body), codecs.LZ4());
  expect(asked.readUInt8(1)).toBe(0);
  expect(asked.readInt32BE(5)).toBe(asked.length - 9);
  expect(asked.readUInt16BE(9)).toBe(2);
  expect(asked.toString('latin1')).toMatch(/CQL_VERSION\0\x053\.0\.0\0\x0bCOMPRESSION\0\x03lz4$/);
  const long = frame(options, new Uint8Array(5_000));
  expect(compressedFrames(long, codecs.LZ4())).toEqual(long);
});

it('ends the connection over what no database sends', async () => {
  const endless = frame(query, new Uint8Array(3));
  endless.writeInt32BE(-1, 5);
  await expect(inflated(endless, [], 'LZ4')).rejects.toThrow('no sane length');
  const broken = frame(query, new Uint8Array(200).fill(255));
  broken.writeUInt8(1, 1);
  await expect(inflated(broken, [], 'LZ4')).rejects.toThrow();
  await expect(inflated(broken, [], 'SNAPPY')).rejects.toThrow();
});
