// Original file: proto/beckon/v1/partitions.proto

import type { AdoptedRangeInput as _beckon_v1_AdoptedRangeInput, AdoptedRange as _beckon_v1_AdoptedRange } from '../../beckon/v1/AdoptedRange.js';

export interface SeedInput {
  'partition'?: (number);
  'grant'?: (number);
  'generation'?: (number);
  'baseSeq'?: (number | string);
  'endSeqs'?: (number | string)[];
  'adopted'?: (_beckon_v1_AdoptedRangeInput)[];
}

export interface Seed {
  'partition': (number);
  'grant': (number);
  'generation': (number);
  'baseSeq': (number);
  'endSeqs': (number)[];
  'adopted': (_beckon_v1_AdoptedRange)[];
}
