// Original file: proto/beckon/v1/peers.proto


export interface FailureInput {
  'code'?: (string);
  'message'?: (string);
  'field'?: (string);
}

export interface Failure {
  'code': (string);
  'message': (string);
  'field': (string);
}
