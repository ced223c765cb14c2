// Original file: proto/beckon/v1/peers.proto

import type { Long } from '@grpc/proto-loader';

export interface CommandInput {
  'id'?: (number | string | Long);
  'deliver'?: (Buffer | Uint8Array | string);
  'deliverFresh'?: (Buffer | Uint8Array | string);
  'query'?: (Buffer | Uint8Array | string);
  'interaction'?: (string);
  'cell'?: (string);
  'leftMs'?: (number);
  'hops'?: (number);
  'node'?: (Buffer | Uint8Array | string);
  'what'?: "deliver"|"deliverFresh"|"query"|"interaction"|"node";
}

export interface Command {
  'id': (number);
  'deliver'?: (Buffer);
  'deliverFresh'?: (Buffer);
  'query'?: (Buffer);
  'interaction'?: (string);
  'cell': (string);
  'leftMs': (number);
  'hops': (number);
  'node'?: (Buffer);
  'what'?: "deliver"|"deliverFresh"|"query"|"interaction"|"node";
}
