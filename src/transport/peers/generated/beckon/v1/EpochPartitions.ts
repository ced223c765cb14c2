// Original file: proto/beckon/v1/partitions.proto


export interface EpochPartitionsInput {
  'epoch'?: (number);
  'partitions'?: (number)[];
}

export interface EpochPartitions {
  'epoch': (number);
  'partitions': (number)[];
}
