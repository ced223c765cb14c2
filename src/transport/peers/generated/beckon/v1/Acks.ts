// Original file: proto/beckon/v1/partitions.proto

import type { CopyAckInput as _beckon_v1_CopyAckInput, CopyAck as _beckon_v1_CopyAck } from '../../beckon/v1/CopyAck.js';

export interface AcksInput {
  'epoch'?: (number);
  'acks'?: (_beckon_v1_CopyAckInput)[];
}

export interface Acks {
  'epoch': (number);
  'acks': (_beckon_v1_CopyAck)[];
}
