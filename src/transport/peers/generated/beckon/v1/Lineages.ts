// Original file: proto/beckon/v1/partitions.proto

import type { LineageRowInput as _beckon_v1_LineageRowInput, LineageRow as _beckon_v1_LineageRow } from '../../beckon/v1/LineageRow.js';

export interface LineagesInput {
  'epoch'?: (number);
  'lineages'?: (_beckon_v1_LineageRowInput)[];
}

export interface Lineages {
  'epoch': (number);
  'lineages': (_beckon_v1_LineageRow)[];
}
