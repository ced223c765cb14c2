/**
 * Numbers, text and ids as bytes, for codecs in pure rooms, where neither `Buffer` nor `TextEncoder` exists.
 * Text is generalised UTF-8: a lone surrogate takes three bytes, so every JavaScript string survives.
 */
import { assert } from '../base/index.js';

const scratchBytesMin = 4_096;
/** A scratch that one large batch grew is let go again above this size. */
const scratchBytesKeep = 1 << 20;
const textUnitsPerCall = 1_024;

/** 0 to 15 for `0`-`9` and `A`-`F`, 255 for every other code below 128. */
const nibbleOf = new Uint8Array(128).fill(255);
const digitOf = new Uint8Array(16);
for (let digit = 0; digit < 16; digit++) {
  const code = '0123456789ABCDEF'.charCodeAt(digit);
  nibbleOf[code] = digit;
  digitOf[digit] = code;
}

/** A byte whose index is known to be inside. */
function at(bytes: Uint8Array, index: number): number {
  return bytes[index] ?? 0;
}

/** Bytes under construction. One writer is reused for many results, so that a write allocates nothing. */
export interface ByteWriter {
  bytes: Uint8Array;
  length: number;
}

/** `start` leaves room in front of what is written. */
export function startWriting(writer: ByteWriter, start = 0): void {
  if (writer.bytes.length < scratchBytesMin || writer.bytes.length > scratchBytesKeep) {
    writer.bytes = new Uint8Array(scratchBytesMin);
  }
  writer.length = start;
}

function reserve(writer: ByteWriter, more: number): void {
  const needed = writer.length + more;
  if (needed <= writer.bytes.length) return;
  const larger = new Uint8Array(Math.max(needed, writer.bytes.length * 2));
  larger.set(writer.bytes);
  writer.bytes = larger;
}

export function writeByte(writer: ByteWriter, value: number): void {
  reserve(writer, 1);
  writer.bytes[writer.length++] = value;
}

/** A whole number from 0 to `Number.MAX_SAFE_INTEGER` in 1 to 8 bytes, seven bits a byte, low bits first. */
export function writeWhole(writer: ByteWriter, value: number): void {
  assert(Number.isSafeInteger(value) && value >= 0, 'a number to encode is a safe integer from 0');
  reserve(writer, 8);
  const { bytes } = writer;
  let rest = value;
  while (rest >= 0x8000_0000) {
    bytes[writer.length++] = (rest % 128) | 128;
    rest = Math.floor(rest / 128);
  }
  while (rest >= 128) {
    bytes[writer.length++] = (rest & 127) | 128;
    rest >>>= 7;
  }
  bytes[writer.length++] = rest;
}

/** Writes the 16 bytes of 32 upper-case hex digits; on any other text writes nothing and says false. */
export function writeHexId(writer: ByteWriter, text: string): boolean {
  if (text.length !== 32) return false;
  reserve(writer, 16);
  const { bytes, length } = writer;
  let seen = 0;
  for (let index = 0; index < 16; index++) {
    const highCode = text.charCodeAt(2 * index);
    const lowCode = text.charCodeAt(2 * index + 1);
    if ((highCode | lowCode) > 127) return false;
    const high = at(nibbleOf, highCode);
    const low = at(nibbleOf, lowCode);
    seen |= high | low;
    bytes[length + index] = (high << 4) | low;
  }
  if (seen > 15) return false;
  writer.length = length + 16;
  return true;
}

/** Its length in bytes, then its bytes. */
export function writeText(writer: ByteWriter, text: string): void {
  const units = text.length;
  reserve(writer, 8 + units * 3);
  const start = writer.length;
  writeWhole(writer, units);
  const { bytes } = writer;
  let next = writer.length;
  for (let index = 0; index < units; index++) {
    const code = text.charCodeAt(index);
    if (code > 127) {
      writer.length = start;
      writeWideText(writer, text);
      return;
    }
    bytes[next++] = code;
  }
  writer.length = next;
}

function writeWideText(writer: ByteWriter, text: string): void {
  let size = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.codePointAt(index) ?? 0;
    if (code > 0xffff) index++;
    size += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x1_0000 ? 3 : 4;
  }
  writeWhole(writer, size);
  const { bytes } = writer;
  let next = writer.length;
  for (let index = 0; index < text.length; index++) {
    const code = text.codePointAt(index) ?? 0;
    if (code < 0x80) {
      bytes[next++] = code;
      continue;
    }
    if (code < 0x800) {
      bytes[next++] = 0xc0 | (code >> 6);
    } else {
      if (code < 0x1_0000) {
        bytes[next++] = 0xe0 | (code >> 12);
      } else {
        index++;
        bytes[next++] = 0xf0 | (code >> 18);
        bytes[next++] = 0x80 | ((code >> 12) & 63);
      }
      bytes[next++] = 0x80 | ((code >> 6) & 63);
    }
    bytes[next++] = 0x80 | (code & 63);
  }
  writer.length = next;
}

/** Bytes being read; every read checks that it stays before `end` and throws `RangeError` otherwise. */
export interface ByteReader {
  readonly bytes: Uint8Array;
  offset: number;
  end: number;
}

function damaged(reader: ByteReader): RangeError {
  return new RangeError(`encoded bytes are damaged near offset ${reader.offset} of ${reader.bytes.length}`);
}

export function readByte(reader: ByteReader): number {
  if (reader.offset >= reader.end) throw damaged(reader);
  return at(reader.bytes, reader.offset++);
}

export function readWhole(reader: ByteReader): number {
  let value = 0;
  let scale = 1;
  for (let count = 0; count < 8; count++) {
    const byte = readByte(reader);
    value += (byte & 127) * scale;
    if (byte < 128) {
      if (value > Number.MAX_SAFE_INTEGER) break;
      return value;
    }
    scale *= 128;
  }
  throw damaged(reader);
}

const hexCodes: number[] = new Array<number>(32).fill(0);

export function readHexId(reader: ByteReader): string {
  const { bytes, offset } = reader;
  if (offset + 16 > reader.end) throw damaged(reader);
  for (let index = 0; index < 16; index++) {
    const byte = at(bytes, offset + index);
    hexCodes[2 * index] = at(digitOf, byte >> 4);
    hexCodes[2 * index + 1] = at(digitOf, byte & 15);
  }
  reader.offset = offset + 16;
  // One call, so that the id is one flat string and not a tree of pieces that keeps many times its size
  // alive.
  return String.fromCharCode.apply(null, hexCodes);
}

export function readText(reader: ByteReader): string {
  const size = readWhole(reader);
  const stop = reader.offset + size;
  if (stop > reader.end) throw damaged(reader);
  let text = '';
  let units: number[] = [];
  while (reader.offset < stop) {
    const code = readCodePoint(reader, stop);
    if (code > 0xffff) units.push(0xd7c0 + (code >> 10), 0xdc00 | (code & 0x3ff));
    else units.push(code);
    if (units.length >= textUnitsPerCall) {
      text += String.fromCharCode.apply(null, units);
      units = [];
    }
  }
  return text + String.fromCharCode.apply(null, units);
}

function readCodePoint(reader: ByteReader, stop: number): number {
  const { bytes } = reader;
  const first = at(bytes, reader.offset++);
  if (first < 0x80) return first;
  const more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
  if (first < 0xc0 || first > 0xf4 || reader.offset + more > stop) throw damaged(reader);
  let code = first & (0x3f >> more);
  for (let count = 0; count < more; count++) code = (code << 6) | (at(bytes, reader.offset++) & 63);
  return code;
}
