/**
 * The bytes of a journal segment. A segment is a header and then blocks, one for each group of entries
 * committed together, so that a block is on disk wholly or was never acknowledged.
 *
 *     segment = magic:8 salt:u32 firstSeq:f64 crc:u32 block*          (all numbers little-endian)
 *     block   = crc:u32 bodySize:u32 firstSeq:f64 count:u32 body
 *     body    = (size:u32 payload)*                                   `count` times
 *
 * A block's checksum covers all that follows it and starts from the segment's random salt: bytes that a
 * visitor sent can never pass for a block.
 */
import { crc32 } from 'node:zlib';
import { AppError } from '../../base/index.js';
import { type JournalEntry } from '../journal.js';

const magic = Buffer.from('BECKONJ1', 'latin1');
export const segmentHeaderBytes = 24;
export const blockHeaderBytes = 20;
export const entryHeaderBytes = 4;
/** Sequence numbers as file names of one width, so that names sort as numbers do. */
const seqDigits = 16;
const suffix = '.journal';

export interface SegmentHeader {
  salt: number;
  firstSeq: number;
}

export interface BlockHeader {
  bodySize: number;
  firstSeq: number;
  count: number;
}

/** Damage that is not a torn tail. The operator decides what to do; the node must not guess. */
export function journalDamaged(file: string, offset: number, what: string): AppError {
  return new AppError('INTERNAL', `journal file ${file} is damaged at offset ${offset}: ${what}`);
}

export function segmentName(firstSeq: number): string {
  return String(firstSeq).padStart(seqDigits, '0') + suffix;
}

/** The first sequence number of a segment by its file's name; undefined for any other file. */
export function firstSeqOf(name: string): number | undefined {
  return /^[0-9]{16}\.journal$/.test(name) ? Number(name.slice(0, seqDigits)) : undefined;
}

export function encodeSegmentHeader({ salt, firstSeq }: SegmentHeader): Buffer {
  const bytes = Buffer.alloc(segmentHeaderBytes);
  magic.copy(bytes);
  bytes.writeUInt32LE(salt, 8);
  bytes.writeDoubleLE(firstSeq, 12);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 20)), 20);
  return bytes;
}

/** Undefined when `bytes` are not the header of a segment of this format. */
export function decodeSegmentHeader(bytes: Buffer): SegmentHeader | undefined {
  if (bytes.length < segmentHeaderBytes || !bytes.subarray(0, 8).equals(magic)) return undefined;
  if (crc32(bytes.subarray(0, 20)) !== bytes.readUInt32LE(20)) return undefined;
  return { salt: bytes.readUInt32LE(8), firstSeq: bytes.readDoubleLE(12) };
}

/** Fills in the header in front of a body that already stands at `blockHeaderBytes` of `block`. */
export function sealBlock(block: Buffer, salt: number, firstSeq: number, count: number): void {
  block.writeUInt32LE(block.length - blockHeaderBytes, 4);
  block.writeDoubleLE(firstSeq, 8);
  block.writeUInt32LE(count, 16);
  block.writeUInt32LE(crc32(block.subarray(4), salt), 0);
}

/** `bytes` begins with a block's header. */
export function peekBlockHeader(bytes: Buffer, offset = 0): BlockHeader {
  return {
    bodySize: bytes.readUInt32LE(offset + 4),
    firstSeq: bytes.readDoubleLE(offset + 8),
    count: bytes.readUInt32LE(offset + 16),
  };
}

/** Whether `block`, header and body, is what was once sealed under `salt`. */
export function isSound(block: Buffer, salt: number): boolean {
  return crc32(block.subarray(4), salt) === block.readUInt32LE(0);
}

/** The entries of a sound block. Payloads share its bytes. */
export function* entriesOf(block: Buffer): Generator<JournalEntry> {
  const { firstSeq, count } = peekBlockHeader(block);
  let offset = blockHeaderBytes;
  for (let index = 0; index < count; index++) {
    const start = offset + entryHeaderBytes;
    offset = start + block.readUInt32LE(offset);
    yield { seq: firstSeq + index, payload: block.subarray(start, offset) };
  }
}
