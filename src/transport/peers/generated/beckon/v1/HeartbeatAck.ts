// Original file: proto/beckon/v1/views.proto


export interface HeartbeatAckInput {
  'clusterId'?: (string);
  'epoch'?: (number);
  'sentAt'?: (number | string);
  'boot'?: (string);
}

export interface HeartbeatAck {
  'clusterId': (string);
  'epoch': (number);
  'sentAt': (number);
  'boot': (string);
}
