// Original file: proto/beckon/v1/partitions.proto

import type { LogSegmentInput as _beckon_v1_LogSegmentInput, LogSegment as _beckon_v1_LogSegment } from '../../beckon/v1/LogSegment.js';

export interface OrphansInput {
  'epoch'?: (number);
  'partition'?: (number);
  'segments'?: (_beckon_v1_LogSegmentInput)[];
}

export interface Orphans {
  'epoch': (number);
  'partition': (number);
  'segments': (_beckon_v1_LogSegment)[];
}
