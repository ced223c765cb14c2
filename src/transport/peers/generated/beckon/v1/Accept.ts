// Original file: proto/beckon/v1/views.proto

import type { BallotInput as _beckon_v1_BallotInput, Ballot as _beckon_v1_Ballot } from '../../beckon/v1/Ballot.js';
import type { ViewInput as _beckon_v1_ViewInput, View as _beckon_v1_View } from '../../beckon/v1/View.js';

export interface AcceptInput {
  'clusterId'?: (string);
  'epoch'?: (number);
  'ballot'?: (_beckon_v1_BallotInput | null);
  'view'?: (_beckon_v1_ViewInput | null);
}

export interface Accept {
  'clusterId': (string);
  'epoch': (number);
  'ballot': (_beckon_v1_Ballot | null);
  'view': (_beckon_v1_View | null);
}
