// Original file: proto/beckon/v1/views.proto

import type { BallotInput as _beckon_v1_BallotInput, Ballot as _beckon_v1_Ballot } from '../../beckon/v1/Ballot.js';
import type { AcceptedViewInput as _beckon_v1_AcceptedViewInput, AcceptedView as _beckon_v1_AcceptedView } from '../../beckon/v1/AcceptedView.js';

export interface PromiseInput {
  'clusterId'?: (string);
  'epoch'?: (number);
  'ballot'?: (_beckon_v1_BallotInput | null);
  'accepted'?: (_beckon_v1_AcceptedViewInput | null);
  '_accepted'?: "accepted";
}

export interface Promise {
  'clusterId': (string);
  'epoch': (number);
  'ballot': (_beckon_v1_Ballot | null);
  'accepted'?: (_beckon_v1_AcceptedView | null);
  '_accepted'?: "accepted";
}
