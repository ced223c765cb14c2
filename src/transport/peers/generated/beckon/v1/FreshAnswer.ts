// Original file: proto/beckon/v1/views.proto


export interface FreshAnswerInput {
  'fresh'?: (boolean);
  'incarnation'?: (string);
  'boot'?: (string);
  'reason'?: (string);
  'open'?: (boolean);
}

export interface FreshAnswer {
  'fresh': (boolean);
  'incarnation': (string);
  'boot': (string);
  'reason': (string);
  'open': (boolean);
}
