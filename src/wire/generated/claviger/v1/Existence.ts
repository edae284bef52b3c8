// Original file: proto/claviger/v1/lock_service.proto


export interface Existence {
  'path'?: (string);
  'exists'?: (boolean);
}

export interface Existence__Output {
  'path': (string);
  'exists': (boolean);
}
