// Original file: proto/beckon/v1/partitions.proto


export interface StampInput {
  'partition'?: (number);
  'grant'?: (number);
  'generation'?: (number);
}

export interface Stamp {
  'partition': (number);
  'grant': (number);
  'generation': (number);
}
