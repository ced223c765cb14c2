// Original file: proto/beckon/v1/views.proto


export interface BallotInput {
  'round'?: (number | string);
  'node'?: (string);
  'incarnation'?: (string);
}

export interface Ballot {
  'round': (number);
  'node': (string);
  'incarnation': (string);
}
