// Original file: proto/beckon/v1/views.proto


export interface ClusterTermsInput {
  'partitionCount'?: (number);
  'leaseMs'?: (number);
  'driftMax'?: (number | string);
}

export interface ClusterTerms {
  'partitionCount': (number);
  'leaseMs': (number);
  'driftMax': (number);
}
