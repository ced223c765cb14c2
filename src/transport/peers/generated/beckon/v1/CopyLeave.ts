// Original file: proto/beckon/v1/partitions.proto


export interface CopyLeaveInput {
  'partition'?: (number);
  'generation'?: (number);
}

export interface CopyLeave {
  'partition': (number);
  'generation': (number);
}
