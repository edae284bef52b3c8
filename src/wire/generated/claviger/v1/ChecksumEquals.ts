// Original file: proto/claviger/v1/lock_service.proto


export interface ChecksumEquals {
  'path'?: (string);
  'equals'?: (string);
}

export interface ChecksumEquals__Output {
  'path': (string);
  'equals': (string);
}
