// Original file: proto/claviger/v1/lock_service.proto


export interface AclNames {
  'read'?: (string);
  'write'?: (string);
  'changeAcl'?: (string);
}

export interface AclNames__Output {
  'read': (string);
  'write': (string);
  'changeAcl': (string);
}
