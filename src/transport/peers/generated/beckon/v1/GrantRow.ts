// Original file: proto/beckon/v1/partitions.proto


export interface GrantRowInput {
  'partition'?: (number);
  'copies'?: (string)[];
  'doubtful'?: (boolean);
}

export interface GrantRow {
  'partition': (number);
  'copies': (string)[];
  'doubtful': (boolean);
}
