// Original file: proto/claviger/admin/v1/admin.proto


export interface StepDownResponse {
  'wasMaster'?: (boolean);
}

export interface StepDownResponse__Output {
  'wasMaster': (boolean);
}
