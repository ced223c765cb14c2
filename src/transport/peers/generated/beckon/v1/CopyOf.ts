// Original file: proto/beckon/v1/partitions.proto


export interface CopyOfInput {
  'node'?: (string);
  'generation'?: (number);
}

export interface CopyOf {
  'node': (string);
  'generation': (number);
}
