// Original file: proto/beckon/v1/peers.proto


export interface InterestInput {
  'channel'?: (string);
  'listening'?: (boolean);
}

export interface Interest {
  'channel': (string);
  'listening': (boolean);
}
