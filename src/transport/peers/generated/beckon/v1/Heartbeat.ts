// Original file: proto/beckon/v1/views.proto


export interface HeartbeatInput {
  'clusterId'?: (string);
  'epoch'?: (number);
  'sentAt'?: (number | string);
  'acceptedEpoch'?: (number);
  'reach'?: (string)[];
}

export interface Heartbeat {
  'clusterId': (string);
  'epoch': (number);
  'sentAt': (number);
  'acceptedEpoch': (number);
  'reach': (string)[];
}
