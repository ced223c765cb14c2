/** Answers and questions between nodes as bytes: plain data, undefined included. */
import { Packr } from 'msgpackr';

const packr = new Packr({ useRecords: false, moreTypes: true, copyBuffers: true });

export function encodeValue(value: unknown): Uint8Array {
  return packr.pack(value);
}

export function decodeValue(bytes: Uint8Array): unknown {
  return packr.unpack(bytes);
}
