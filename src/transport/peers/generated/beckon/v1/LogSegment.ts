// Original file: proto/beckon/v1/partitions.proto


export interface LogSegmentInput {
  'firstSeq'?: (number | string);
  'payloads'?: (Buffer | Uint8Array | string)[];
}

export interface LogSegment {
  'firstSeq': (number);
  'payloads': (Buffer)[];
}
