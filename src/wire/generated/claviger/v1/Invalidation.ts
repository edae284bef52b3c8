// Original file: proto/claviger/v1/lock_service.proto


export interface Invalidation {
  'keys'?: (string)[];
}

export interface Invalidation__Output {
  'keys': (string)[];
}
