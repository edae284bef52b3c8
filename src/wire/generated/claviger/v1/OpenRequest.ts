// Original file: proto/claviger/v1/lock_service.proto

import type { RequestHeader as _claviger_v1_RequestHeader, RequestHeader__Output as _claviger_v1_RequestHeader__Output } from '../../claviger/v1/RequestHeader.ts';
import type { HandleMode as _claviger_v1_HandleMode, HandleMode__Output as _claviger_v1_HandleMode__Output } from '../../claviger/v1/HandleMode.ts';
import type { CreateRule as _claviger_v1_CreateRule, CreateRule__Output as _claviger_v1_CreateRule__Output } from '../../claviger/v1/CreateRule.ts';
import type { NodeKind as _claviger_v1_NodeKind, NodeKind__Output as _claviger_v1_NodeKind__Output } from '../../claviger/v1/NodeKind.ts';
import type { AclChange as _claviger_v1_AclChange, AclChange__Output as _claviger_v1_AclChange__Output } from '../../claviger/v1/AclChange.ts';

export interface OpenRequest {
  'header'?: (_claviger_v1_RequestHeader | null);
  'path'?: (string);
  'mode'?: (_claviger_v1_HandleMode);
  'create'?: (_claviger_v1_CreateRule);
  'nodeKind'?: (_claviger_v1_NodeKind);
  'ephemeral'?: (boolean);
  'contents'?: (Buffer | Uint8Array | string);
  'sequential'?: (boolean);
  'acl'?: (_claviger_v1_AclChange | null);
}

export interface OpenRequest__Output {
  'header': (_claviger_v1_RequestHeader__Output | null);
  'path': (string);
  'mode': (_claviger_v1_HandleMode__Output);
  'create': (_claviger_v1_CreateRule__Output);
  'nodeKind': (_claviger_v1_NodeKind__Output);
  'ephemeral': (boolean);
  'contents': (Buffer);
  'sequential': (boolean);
  'acl': (_claviger_v1_AclChange__Output | null);
}
