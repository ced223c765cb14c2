// Original file: proto/beckon/v1/peers.proto

import type { NodeIdentityInput as _beckon_v1_NodeIdentityInput, NodeIdentity as _beckon_v1_NodeIdentity } from '../../beckon/v1/NodeIdentity.js';

export interface HelloInput {
  'identity'?: (_beckon_v1_NodeIdentityInput | null);
  'clusterApplication'?: (string);
  'protocolMin'?: (number);
  'protocolMax'?: (number);
  'proof'?: (Buffer | Uint8Array | string);
}

export interface Hello {
  'identity': (_beckon_v1_NodeIdentity | null);
  'clusterApplication': (string);
  'protocolMin': (number);
  'protocolMax': (number);
  'proof': (Buffer);
}
