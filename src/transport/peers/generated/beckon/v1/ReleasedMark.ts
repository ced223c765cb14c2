// Original file: proto/beckon/v1/partitions.proto


export interface ReleasedMarkInput {
  'partition'?: (number);
  'seq'?: (number | string);
}

export interface ReleasedMark {
  'partition': (number);
  'seq': (number);
}
