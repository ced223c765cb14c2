// Original file: proto/beckon/v1/partitions.proto

import type { GrantRowInput as _beckon_v1_GrantRowInput, GrantRow as _beckon_v1_GrantRow } from '../../beckon/v1/GrantRow.js';

export interface GrantsInput {
  'epoch'?: (number);
  'grants'?: (_beckon_v1_GrantRowInput)[];
}

export interface Grants {
  'epoch': (number);
  'grants': (_beckon_v1_GrantRow)[];
}
