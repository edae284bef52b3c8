// Original file: proto/claviger/v1/lock_service.proto


export interface LockHeld {
  'sequencer'?: (string);
}

export interface LockHeld__Output {
  'sequencer': (string);
}
