// Original file: proto/beckon/v1/partitions.proto


export interface ReleaseTakenInput {
  'epoch'?: (number);
  'partition'?: (number);
  'grant'?: (number);
}

export interface ReleaseTaken {
  'epoch': (number);
  'partition': (number);
  'grant': (number);
}
