// Original file: proto/beckon/v1/partitions.proto


export interface UnstampedCopiesInput {
  'partition'?: (number);
  'nodes'?: (string)[];
}

export interface UnstampedCopies {
  'partition': (number);
  'nodes': (string)[];
}
