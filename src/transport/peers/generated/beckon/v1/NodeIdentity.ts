// Original file: proto/beckon/v1/views.proto


export interface NodeIdentityInput {
  'name'?: (string);
  'incarnation'?: (string);
  'boot'?: (string);
  'host'?: (string);
}

export interface NodeIdentity {
  'name': (string);
  'incarnation': (string);
  'boot': (string);
  'host': (string);
}
