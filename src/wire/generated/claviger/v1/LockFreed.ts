// Original file: proto/claviger/v1/lock_service.proto


export interface LockFreed {
  'lost'?: (boolean);
}

export interface LockFreed__Output {
  'lost': (boolean);
}
