export type { JournalBatch, JournalledCopy, JournalRecord } from './journal-record.js';
export type {
  AdoptedRange,
  CopyAck,
  FrameBatch,
  GrantRow,
  Lineage,
  LineageRow,
  LogSegment,
  PartitionMessage,
  Seed,
  Stamp,
} from './messages.js';
export type {
  Append,
  LogEntry,
  PartitionAlarm,
  PartitionEffect,
  PartitionInput,
  PartitionStatus,
  PartitionTotals,
} from './types.js';
export { drainLeft, partitionStatus } from './alarms.js';
export {
  appendTo,
  createPartitions,
  flushPartitions,
  setTerm,
  stepPartitions,
  type PartitionsOptions,
} from './partitions.js';
export { servedPartitions, type ServedPartition } from './served.js';
export type { PartitionsState, Term } from './state.js';
