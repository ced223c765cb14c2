// Original file: proto/beckon/v1/partitions.proto


export interface ServingTakenInput {
  'epoch'?: (number);
  'version'?: (number | string);
}

export interface ServingTaken {
  'epoch': (number);
  'version': (number);
}
