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
export { partitionStatus } from './alarms.js';
export {
  appendTo,
  createPartitions,
  flushPartitions,
  stepPartitions,
  type PartitionsOptions,
} from './partitions.js';
export type { PartitionsState } from './state.js';
