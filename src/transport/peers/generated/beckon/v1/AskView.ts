// Original file: proto/beckon/v1/views.proto


export interface AskViewInput {
  'clusterId'?: (string);
  'epoch'?: (number);
}

export interface AskView {
  'clusterId': (string);
  'epoch': (number);
}
