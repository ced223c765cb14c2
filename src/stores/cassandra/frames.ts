/**
 * Frames of Cassandra's native protocol, versions 3 and 4, with and without compressed bodies. Of a request
 * the first frames are never compressed, and STARTUP names the algorithm (native_protocol_v4.spec, section
 * 5).
 *
 *     frame = version:u8 flags:u8 stream:i16 opcode:u8 length:i32 body        (numbers big-endian)
 */
import { Transform, type TransformCallback } from 'node:stream';

export interface BodyCodec {
  /** What STARTUP calls it. */
  readonly name: string;
  compress(body: Buffer): Buffer;
  /** How large a compressed body says that it is. */
  sizeOf(body: Buffer): number;
  /** Throws for a body that it did not make. */
  decompress(body: Buffer): Buffer;
}

const headerBytes = 9;
const flagsAt = 1;
const opcodeAt = 4;
const lengthAt = 5;
const compressedFlag = 0x01;
const startup = 0x01;
const optionsRequest = 0x05;
/** The database's own bound of a frame. */
const bodyBytesMax = 256 * 1024 * 1024;
/** Shorter bodies gain nothing. */
const compressedBytesMin = 128;

function withBody(frame: Buffer, body: Buffer, flags: number): Buffer {
  const made = Buffer.allocUnsafe(headerBytes + body.length);
  frame.copy(made, 0, 0, headerBytes);
  made.writeUInt8(flags, flagsAt);
  made.writeInt32BE(body.length, lengthAt);
  body.copy(made, headerBytes);
  return made;
}

/** A STARTUP that asks for the algorithm too: its body is a map of texts. */
function askingFor(frame: Buffer, name: string): Buffer {
  const more = Buffer.concat(['COMPRESSION', name].map(shortText));
  const body = Buffer.concat([frame.subarray(headerBytes), more]);
  body.writeUInt16BE(body.readUInt16BE(0) + 1, 0);
  return withBody(frame, body, frame.readUInt8(flagsAt));
}

function shortText(text: string): Buffer {
  const bytes = Buffer.from(text);
  const size = Buffer.alloc(2);
  size.writeUInt16BE(bytes.length);
  return Buffer.concat([size, bytes]);
}

/** The whole frames of `chunk`, as they are sent. */
export function compressedFrames(chunk: Buffer, codec: BodyCodec): Buffer {
  const frames: Buffer[] = [];
  for (let at = 0; at < chunk.length;) {
    const end = at + headerBytes + chunk.readInt32BE(at + lengthAt);
    frames.push(compressedFrame(chunk.subarray(at, end), codec));
    at = end;
  }
  return frames.length === 1 ? (frames[0] as Buffer) : Buffer.concat(frames);
}

function compressedFrame(frame: Buffer, codec: BodyCodec): Buffer {
  const opcode = frame.readUInt8(opcodeAt);
  if (opcode === startup) return askingFor(frame, codec.name);
  const body = frame.subarray(headerBytes);
  if (opcode === optionsRequest || body.length < compressedBytesMin) return frame;
  const compressed = codec.compress(body);
  if (compressed.length >= body.length) return frame;
  return withBody(frame, compressed, frame.readUInt8(flagsAt) | compressedFlag);
}

/** What comes from the database, its frames whole and their bodies as they were. */
export class FrameInflater extends Transform {
  readonly #codec: BodyCodec;
  #pieces: Buffer[] = [];
  #bytes = 0;

  constructor(codec: BodyCodec) {
    super();
    this.#codec = codec;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#pieces.push(chunk);
    this.#bytes += chunk.length;
    try {
      for (let frame = this.#next(); frame !== undefined; frame = this.#next()) this.push(this.#plain(frame));
      done();
    } catch (error) {
      done(error as Error);
    }
  }

  /** The next whole frame; undefined while more of it has to come. */
  #next(): Buffer | undefined {
    if (this.#bytes < headerBytes) return undefined;
    const head = this.#gathered(headerBytes);
    const length = head.readInt32BE(lengthAt);
    if (length < 0 || length > bodyBytesMax) throw new Error('the database sent a frame of no sane length');
    const size = headerBytes + length;
    if (this.#bytes < size) return undefined;
    const whole = this.#gathered(size);
    this.#pieces[0] = whole.subarray(size);
    this.#bytes -= size;
    return whole.subarray(0, size);
  }

  /** The first piece, made to have at least `size` bytes. */
  #gathered(size: number): Buffer {
    const [first] = this.#pieces;
    if (first !== undefined && first.length >= size) return first;
    const all = Buffer.concat(this.#pieces);
    this.#pieces = [all];
    return all;
  }

  #plain(frame: Buffer): Buffer {
    const flags = frame.readUInt8(flagsAt);
    if ((flags & compressedFlag) === 0) return frame;
    const body = frame.subarray(headerBytes);
    if (this.#codec.sizeOf(body) > bodyBytesMax) throw new Error('the database sent a frame too large');
    return withBody(frame, this.#codec.decompress(body), flags & ~compressedFlag);
  }
}
