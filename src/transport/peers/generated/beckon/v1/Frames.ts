// Original file: proto/beckon/v1/partitions.proto

import type { StampInput as _beckon_v1_StampInput, Stamp as _beckon_v1_Stamp } from '../../beckon/v1/Stamp.js';
import type { SeedInput as _beckon_v1_SeedInput, Seed as _beckon_v1_Seed } from '../../beckon/v1/Seed.js';
import type { FrameBatchInput as _beckon_v1_FrameBatchInput, FrameBatch as _beckon_v1_FrameBatch } from '../../beckon/v1/FrameBatch.js';
import type { CopyMarkInput as _beckon_v1_CopyMarkInput, CopyMark as _beckon_v1_CopyMark } from '../../beckon/v1/CopyMark.js';
import type { ReleasedMarkInput as _beckon_v1_ReleasedMarkInput, ReleasedMark as _beckon_v1_ReleasedMark } from '../../beckon/v1/ReleasedMark.js';
import type { CopyLeaveInput as _beckon_v1_CopyLeaveInput, CopyLeave as _beckon_v1_CopyLeave } from '../../beckon/v1/CopyLeave.js';

export interface FramesInput {
  'epoch'?: (number);
  'stamps'?: (_beckon_v1_StampInput)[];
  'seeds'?: (_beckon_v1_SeedInput)[];
  'batches'?: (_beckon_v1_FrameBatchInput)[];
  'fulls'?: (_beckon_v1_CopyMarkInput)[];
  'released'?: (_beckon_v1_ReleasedMarkInput)[];
  'leaves'?: (_beckon_v1_CopyLeaveInput)[];
}

export interface Frames {
  'epoch': (number);
  'stamps': (_beckon_v1_Stamp)[];
  'seeds': (_beckon_v1_Seed)[];
  'batches': (_beckon_v1_FrameBatch)[];
  'fulls': (_beckon_v1_CopyMark)[];
  'released': (_beckon_v1_ReleasedMark)[];
  'leaves': (_beckon_v1_CopyLeave)[];
}
