// Original file: proto/beckon/v1/views.proto


export interface FreshAskInput {
  'configured'?: (string)[];
  'byOperator'?: (boolean);
}

export interface FreshAsk {
  'configured': (string)[];
  'byOperator': (boolean);
}
