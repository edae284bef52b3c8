// Original file: proto/claviger/v1/lock_service.proto

import type { RequestHeader as _claviger_v1_RequestHeader, RequestHeader__Output as _claviger_v1_RequestHeader__Output } from '../../claviger/v1/RequestHeader.ts';
import type { LockMode as _claviger_v1_LockMode, LockMode__Output as _claviger_v1_LockMode__Output } from '../../claviger/v1/LockMode.ts';

export interface TryAcquireRequest {
  'header'?: (_claviger_v1_RequestHeader | null);
  'path'?: (string);
  'handle'?: (string);
  'mode'?: (_claviger_v1_LockMode);
  'lockDelayMs'?: (number);
  'node'?: "path"|"handle";
}

export interface TryAcquireRequest__Output {
  'header': (_claviger_v1_RequestHeader__Output | null);
  'path'?: (string);
  'handle'?: (string);
  'mode': (_claviger_v1_LockMode__Output);
  'lockDelayMs': (number);
  'node'?: "path"|"handle";
}
