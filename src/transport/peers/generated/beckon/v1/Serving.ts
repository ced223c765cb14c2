// Original file: proto/beckon/v1/partitions.proto


export interface ServingInput {
  'epoch'?: (number);
  'version'?: (number | string);
  'partitions'?: (number)[];
  'grants'?: (number)[];
  'backed'?: (boolean)[];
  'copiesHeld'?: (number);
}

export interface Serving {
  'epoch': (number);
  'version': (number);
  'partitions': (number)[];
  'grants': (number)[];
  'backed': (boolean)[];
  'copiesHeld': (number);
}
