// Original file: proto/beckon/v1/views.proto

import type { BallotInput as _beckon_v1_BallotInput, Ballot as _beckon_v1_Ballot } from '../../beckon/v1/Ballot.js';

export interface RefusedInput {
  'clusterId'?: (string);
  'epoch'?: (number);
  'ballot'?: (_beckon_v1_BallotInput | null);
  'promised'?: (_beckon_v1_BallotInput | null);
}

export interface Refused {
  'clusterId': (string);
  'epoch': (number);
  'ballot': (_beckon_v1_Ballot | null);
  'promised': (_beckon_v1_Ballot | null);
}
