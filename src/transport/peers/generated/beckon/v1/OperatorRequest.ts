// Original file: proto/beckon/v1/peers.proto


export interface OperatorRequestInput {
  'command'?: (string);
  'proof'?: (Buffer | Uint8Array | string);
  'at'?: (number | string);
}

export interface OperatorRequest {
  'command': (string);
  'proof': (Buffer);
  'at': (number);
}
