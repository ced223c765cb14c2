// Original file: proto/beckon/v1/partitions.proto


export interface AdoptedRangeInput {
  'fromSeq'?: (number | string);
  'toSeq'?: (number | string);
  'atSeq'?: (number | string);
}

export interface AdoptedRange {
  'fromSeq': (number);
  'toSeq': (number);
  'atSeq': (number);
}
