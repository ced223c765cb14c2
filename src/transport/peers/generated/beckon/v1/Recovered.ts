// Original file: proto/beckon/v1/views.proto


export interface RecoveredInput {
  'clusterId'?: (string);
  'epoch'?: (number);
}

export interface Recovered {
  'clusterId': (string);
  'epoch': (number);
}
