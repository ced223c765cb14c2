// Original file: proto/beckon/v1/partitions.proto

import type { AdoptedRangeInput as _beckon_v1_AdoptedRangeInput, AdoptedRange as _beckon_v1_AdoptedRange } from '../../beckon/v1/AdoptedRange.js';

export interface LineageRowInput {
  'partition'?: (number);
  'baseSeq'?: (number | string);
  'endSeqs'?: (number | string)[];
  'adopted'?: (_beckon_v1_AdoptedRangeInput)[];
  'lastSeq'?: (number | string);
  'stableSeq'?: (number | string);
}

export interface LineageRow {
  'partition': (number);
  'baseSeq': (number);
  'endSeqs': (number)[];
  'adopted': (_beckon_v1_AdoptedRange)[];
  'lastSeq': (number);
  'stableSeq': (number);
}
