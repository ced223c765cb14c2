// Original file: proto/beckon/v1/peers.proto

import type { FailureInput as _beckon_v1_FailureInput, Failure as _beckon_v1_Failure } from '../../beckon/v1/Failure.js';
import type { Long } from '@grpc/proto-loader';

export interface ReplyInput {
  'id'?: (number | string | Long);
  'value'?: (Buffer | Uint8Array | string);
  'failure'?: (_beckon_v1_FailureInput | null);
  'moved'?: (string);
  'outcome'?: "value"|"failure"|"moved";
}

export interface Reply {
  'id': (number);
  'value'?: (Buffer);
  'failure'?: (_beckon_v1_Failure | null);
  'moved'?: (string);
  'outcome'?: "value"|"failure"|"moved";
}
