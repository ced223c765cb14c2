// Original file: proto/beckon/v1/partitions.proto


export interface GrantsTakenInput {
  'epoch'?: (number);
  'partitions'?: (number)[];
}

export interface GrantsTaken {
  'epoch': (number);
  'partitions': (number)[];
}
