/**
 * Rows as one entry of a spool's segment. The count and the time stand in front, so that a spool found at the
 * start is counted without decoding its rows.
 *
 *     payload = version:u8 count:u32 sinceMs:f64 rows:msgpack        (numbers little-endian)
 */
import { pack, unpack } from 'msgpackr';
import { AppError } from '../../base/index.js';
import { blockHeaderBytes, entryHeaderBytes, sealBlock } from '../journal/format.js';
import { type Row } from '../operational-store.js';

const version = 1;
const headBytes = 13;
const payloadAt = blockHeaderBytes + entryHeaderBytes;

export interface RowBlockHead {
  count: number;
  /** When the oldest of the rows was taken, epoch milliseconds. */
  sinceMs: number;
}

/** A segment's block with one entry, the rows. */
export function encodeRowBlock(rows: readonly Row[], sinceMs: number): Buffer {
  const packed = pack(rows);
  const block = Buffer.allocUnsafe(payloadAt + headBytes + packed.length);
  block.writeUInt32LE(headBytes + packed.length, blockHeaderBytes);
  block.writeUInt8(version, payloadAt);
  block.writeUInt32LE(rows.length, payloadAt + 1);
  block.writeDoubleLE(sinceMs, payloadAt + 5);
  packed.copy(block, payloadAt + headBytes);
  return block;
}

/** Gives a block its number and its checksum. */
export function sealRowBlock(block: Buffer, salt: number, seq: number): void {
  sealBlock(block, salt, seq, 1);
}

/** Throws `AppError` INTERNAL for a version this release does not know. */
export function rowBlockHead(block: Buffer): RowBlockHead {
  const found = block.readUInt8(payloadAt);
  if (found !== version) {
    throw new AppError('INTERNAL', `the spool has rows of version ${found}; this reads ${version}`);
  }
  return { count: block.readUInt32LE(payloadAt + 1), sinceMs: block.readDoubleLE(payloadAt + 5) };
}

/** The rows of a sound block. Their bytes are windows into it. */
export function rowsOfBlock(block: Buffer): Row[] {
  rowBlockHead(block);
  return unpack(block.subarray(payloadAt + headBytes)) as Row[];
}
