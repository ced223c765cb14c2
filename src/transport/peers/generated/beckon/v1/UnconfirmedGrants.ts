// Original file: proto/beckon/v1/partitions.proto


export interface UnconfirmedGrantsInput {
  'epoch'?: (number);
  'node'?: (string);
  'partitions'?: (number)[];
}

export interface UnconfirmedGrants {
  'epoch': (number);
  'node': (string);
  'partitions': (number)[];
}
