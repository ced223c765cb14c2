// Original file: proto/beckon/v1/views.proto

import type { NodeIdentityInput as _beckon_v1_NodeIdentityInput, NodeIdentity as _beckon_v1_NodeIdentity } from '../../beckon/v1/NodeIdentity.js';
import type { AdmissionInput as _beckon_v1_AdmissionInput, Admission as _beckon_v1_Admission } from '../../beckon/v1/Admission.js';
import type { ClusterTermsInput as _beckon_v1_ClusterTermsInput, ClusterTerms as _beckon_v1_ClusterTerms } from '../../beckon/v1/ClusterTerms.js';

export interface ViewInput {
  'clusterId'?: (string);
  'epoch'?: (number);
  'members'?: (_beckon_v1_NodeIdentityInput)[];
  'configured'?: (string)[];
  'admitted'?: (_beckon_v1_AdmissionInput)[];
  'draining'?: (string)[];
  'terms'?: (_beckon_v1_ClusterTermsInput | null);
}

export interface View {
  'clusterId': (string);
  'epoch': (number);
  'members': (_beckon_v1_NodeIdentity)[];
  'configured': (string)[];
  'admitted': (_beckon_v1_Admission)[];
  'draining': (string)[];
  'terms': (_beckon_v1_ClusterTerms | null);
}
