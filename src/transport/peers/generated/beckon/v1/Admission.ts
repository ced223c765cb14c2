// Original file: proto/beckon/v1/views.proto


export interface AdmissionInput {
  'name'?: (string);
  'incarnation'?: (string);
}

export interface Admission {
  'name': (string);
  'incarnation': (string);
}
