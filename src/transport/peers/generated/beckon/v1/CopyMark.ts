// Original file: proto/beckon/v1/partitions.proto


export interface CopyMarkInput {
  'partition'?: (number);
  'generation'?: (number);
  'seq'?: (number | string);
}

export interface CopyMark {
  'partition': (number);
  'generation': (number);
  'seq': (number);
}
