// Original file: proto/claviger/v1/lock_service.proto


export interface AclChange {
  'read'?: (string);
  'write'?: (string);
  'changeAcl'?: (string);
  '_read'?: "read";
  '_write'?: "write";
  '_changeAcl'?: "changeAcl";
}

export interface AclChange__Output {
  'read'?: (string);
  'write'?: (string);
  'changeAcl'?: (string);
  '_read'?: "read";
  '_write'?: "write";
  '_changeAcl'?: "changeAcl";
}
