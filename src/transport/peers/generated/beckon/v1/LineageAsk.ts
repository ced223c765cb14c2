// Original file: proto/beckon/v1/partitions.proto


export interface LineageAskInput {
  'epoch'?: (number);
  'partitions'?: (number)[];
}

export interface LineageAsk {
  'epoch': (number);
  'partitions': (number)[];
}
