// Original file: proto/beckon/v1/partitions.proto


export interface HoldingsTakenInput {
  'epoch'?: (number);
}

export interface HoldingsTaken {
  'epoch': (number);
}
