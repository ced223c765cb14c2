// Original file: proto/beckon/v1/partitions.proto


export interface CopyAckInput {
  'partition'?: (number);
  'generation'?: (number);
  'seq'?: (number | string);
  'full'?: (boolean);
  'gap'?: (boolean);
  'absent'?: (boolean);
}

export interface CopyAck {
  'partition': (number);
  'generation': (number);
  'seq': (number);
  'full': (boolean);
  'gap': (boolean);
  'absent': (boolean);
}
