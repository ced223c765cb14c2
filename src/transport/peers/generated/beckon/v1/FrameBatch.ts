// Original file: proto/beckon/v1/partitions.proto

import type { AdoptedRangeInput as _beckon_v1_AdoptedRangeInput, AdoptedRange as _beckon_v1_AdoptedRange } from '../../beckon/v1/AdoptedRange.js';

export interface FrameBatchInput {
  'partition'?: (number);
  'generation'?: (number);
  'previousSeq'?: (number | string);
  'firstSeq'?: (number | string);
  'payloads'?: (Buffer | Uint8Array | string)[];
  'adopted'?: (_beckon_v1_AdoptedRangeInput)[];
}

export interface FrameBatch {
  'partition': (number);
  'generation': (number);
  'previousSeq': (number);
  'firstSeq': (number);
  'payloads': (Buffer)[];
  'adopted': (_beckon_v1_AdoptedRange)[];
}
