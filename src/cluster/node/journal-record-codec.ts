/** Records of the cluster's journal as bytes. */
import { Packr } from 'msgpackr';
import { AppError } from '../../base/index.js';
import type { JournalRecord } from '../replication/index.js';

const packr = new Packr({ useRecords: false, copyBuffers: true });
const formatVersion = 1;

export function encodeJournalRecord(record: JournalRecord): Uint8Array {
  return packr.pack([formatVersion, record]);
}

/** Throws `AppError` INTERNAL for the record of a newer release. */
export function decodeJournalRecord(bytes: Uint8Array): JournalRecord {
  const [version, record] = packr.unpack(bytes) as [number, JournalRecord];
  if (version !== formatVersion) {
    throw new AppError('INTERNAL', `The journal has a record of the unknown version ${version}.`);
  }
  return record;
}
