/**
 * Compression of the connection to Cassandra, which the driver lacks: it stands between a connection of the
 * driver and its socket. The one place that knows the driver from inside (4.10, pinned): a connection binds
 * its socket in `bindSocketListeners`, pipes it into a parser there, and writes whole frames.
 */
import { createRequire } from 'node:module';
import type { Socket } from 'node:net';
import type cassandra from 'cassandra-driver';
import { type BodyCodec, compressedFrames, FrameInflater } from './frames.js';

export type TransportCompression = 'NONE' | 'LZ4' | 'SNAPPY';

/** What both libraries have that is used here. One is loaded when it is needed: most nodes do without. */
interface Library {
  compressSync(body: Buffer): Buffer;
  uncompressSync(body: Buffer): Buffer;
}

const require = createRequire(import.meta.url);

export const codecs: Readonly<Record<Exclude<TransportCompression, 'NONE'>, () => BodyCodec>> = {
  // Both forms begin with the size of the body: the library's little-endian, the protocol's big-endian.
  LZ4() {
    const lz4 = require('lz4-napi') as Library;
    return {
      name: 'lz4',
      compress(body) {
        const made = lz4.compressSync(body);
        made.writeUInt32BE(made.readUInt32LE(0), 0);
        return made;
      },
      sizeOf: (body) => body.readUInt32BE(0),
      decompress(body) {
        const copy = Buffer.from(body);
        copy.writeUInt32LE(copy.readUInt32BE(0), 0);
        return lz4.uncompressSync(copy);
      },
    };
  },
  SNAPPY() {
    const snappy = require('snappy') as Library;
    return {
      name: 'snappy',
      compress: (body) => snappy.compressSync(body),
      sizeOf: varintAt0,
      decompress: (body) => snappy.uncompressSync(body),
    };
  },
};

/** The whole number that stands in front, seven bits to a byte, the lowest first. */
function varintAt0(body: Buffer): number {
  let value = 0;
  for (let at = 0; at < 5; at++) {
    const byte = body.readUInt8(at);
    value += (byte & 0x7f) * 2 ** (7 * at);
    if (byte < 0x80) return value;
  }
  return Infinity;
}

interface DriverConnection {
  options: object;
  netClient: Socket;
}

interface ConnectionClass {
  prototype: DriverConnection & { bindSocketListeners(): void };
}

/** By the options that all connections of a client share. */
const codecOf = new WeakMap<object, BodyCodec>();
let isInstalled = false;

/** Lets every connection that `client` makes from now on be compressed. */
export function compressConnections(client: cassandra.Client, how: TransportCompression): void {
  if (how === 'NONE') return;
  install();
  codecOf.set((client as unknown as { options: object }).options, codecs[how]());
}

function install(): void {
  if (isInstalled) return;
  isInstalled = true;
  const { prototype } = require('cassandra-driver/lib/connection') as ConnectionClass;
  const bind = prototype.bindSocketListeners;
  prototype.bindSocketListeners = function (this: DriverConnection): void {
    const codec = codecOf.get(this.options);
    if (codec !== undefined) compress(this.netClient, codec);
    bind.call(this as ConnectionClass['prototype']);
  };
}

function compress(socket: Socket, codec: BodyCodec): void {
  const write = socket.write.bind(socket) as (chunk: Buffer, done: (error?: Error) => void) => boolean;
  socket.write = ((chunk: Buffer, done: (error?: Error) => void) =>
    write(compressedFrames(chunk, codec), done)) as typeof socket.write;
  const pipe = socket.pipe.bind(socket);
  socket.pipe = (destination) => {
    // The driver pipes a socket once.
    const inflater = new FrameInflater(codec);
    inflater.once('error', (error) => socket.destroy(error));
    pipe(inflater);
    return inflater.pipe(destination);
  };
}
