// Original file: proto/beckon/v1/partitions.proto

import type { EpochPartitionsInput as _beckon_v1_EpochPartitionsInput, EpochPartitions as _beckon_v1_EpochPartitions } from '../../beckon/v1/EpochPartitions.js';
import type { UnconfirmedGrantsInput as _beckon_v1_UnconfirmedGrantsInput, UnconfirmedGrants as _beckon_v1_UnconfirmedGrants } from '../../beckon/v1/UnconfirmedGrants.js';
import type { UnstampedCopiesInput as _beckon_v1_UnstampedCopiesInput, UnstampedCopies as _beckon_v1_UnstampedCopies } from '../../beckon/v1/UnstampedCopies.js';

export interface HoldingsInput {
  'epoch'?: (number);
  'partitions'?: (number)[];
  'copyEpochs'?: (number)[];
  'seqs'?: (number | string)[];
  'served'?: (boolean)[];
  'undecided'?: (_beckon_v1_EpochPartitionsInput)[];
  'unconfirmed'?: (_beckon_v1_UnconfirmedGrantsInput)[];
  'dropped'?: (_beckon_v1_EpochPartitionsInput)[];
  'unstamped'?: (_beckon_v1_UnstampedCopiesInput)[];
  'holdersKnown'?: (boolean);
}

export interface Holdings {
  'epoch': (number);
  'partitions': (number)[];
  'copyEpochs': (number)[];
  'seqs': (number)[];
  'served': (boolean)[];
  'undecided': (_beckon_v1_EpochPartitions)[];
  'unconfirmed': (_beckon_v1_UnconfirmedGrants)[];
  'dropped': (_beckon_v1_EpochPartitions)[];
  'unstamped': (_beckon_v1_UnstampedCopies)[];
  'holdersKnown': (boolean);
}
