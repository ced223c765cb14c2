// Original file: proto/beckon/v1/peers.proto


export interface PushInput {
  'channel'?: (string);
  'data'?: (Buffer | Uint8Array | string);
}

export interface Push {
  'channel': (string);
  'data': (Buffer);
}
