// Original file: proto/beckon/v1/views.proto

import type { ViewInput as _beckon_v1_ViewInput, View as _beckon_v1_View } from '../../beckon/v1/View.js';

export interface DecidedInput {
  'view'?: (_beckon_v1_ViewInput | null);
}

export interface Decided {
  'view': (_beckon_v1_View | null);
}
