// Original file: proto/beckon/v1/peers.proto


export interface OperatorAnswerInput {
  'ok'?: (boolean);
  'text'?: (string);
  'data'?: (string);
}

export interface OperatorAnswer {
  'ok': (boolean);
  'text': (string);
  'data': (string);
}
