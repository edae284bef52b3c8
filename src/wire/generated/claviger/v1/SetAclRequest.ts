// Original file: proto/claviger/v1/lock_service.proto

import type { RequestHeader as _claviger_v1_RequestHeader, RequestHeader__Output as _claviger_v1_RequestHeader__Output } from '../../claviger/v1/RequestHeader.ts';
import type { AclChange as _claviger_v1_AclChange, AclChange__Output as _claviger_v1_AclChange__Output } from '../../claviger/v1/AclChange.ts';
import type { Long } from '@grpc/proto-loader';

export interface SetAclRequest {
  'header'?: (_claviger_v1_RequestHeader | null);
  'path'?: (string);
  'handle'?: (string);
  'acl'?: (_claviger_v1_AclChange | null);
  'ifAclGeneration'?: (number | string | Long);
  'node'?: "path"|"handle";
  '_ifAclGeneration'?: "ifAclGeneration";
}

export interface SetAclRequest__Output {
  'header': (_claviger_v1_RequestHeader__Output | null);
  'path'?: (string);
  'handle'?: (string);
  'acl': (_claviger_v1_AclChange__Output | null);
  'ifAclGeneration'?: (string);
  'node'?: "path"|"handle";
  '_ifAclGeneration'?: "ifAclGeneration";
}
