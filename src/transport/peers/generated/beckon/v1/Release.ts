// Original file: proto/beckon/v1/partitions.proto

import type { CopyOfInput as _beckon_v1_CopyOfInput, CopyOf as _beckon_v1_CopyOf } from '../../beckon/v1/CopyOf.js';

export interface ReleaseInput {
  'epoch'?: (number);
  'partition'?: (number);
  'grant'?: (number);
  'seq'?: (number | string);
  'copies'?: (_beckon_v1_CopyOfInput)[];
  'nextGeneration'?: (number);
}

export interface Release {
  'epoch': (number);
  'partition': (number);
  'grant': (number);
  'seq': (number);
  'copies': (_beckon_v1_CopyOf)[];
  'nextGeneration': (number);
}
