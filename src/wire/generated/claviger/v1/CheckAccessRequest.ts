// Original file: proto/claviger/v1/lock_service.proto

import type { RequestHeader as _claviger_v1_RequestHeader, RequestHeader__Output as _claviger_v1_RequestHeader__Output } from '../../claviger/v1/RequestHeader.ts';
import type { HandleMode as _claviger_v1_HandleMode, HandleMode__Output as _claviger_v1_HandleMode__Output } from '../../claviger/v1/HandleMode.ts';

export interface CheckAccessRequest {
  'header'?: (_claviger_v1_RequestHeader | null);
  'path'?: (string);
  'right'?: (_claviger_v1_HandleMode);
  'principal'?: (string);
}

export interface CheckAccessRequest__Output {
  'header': (_claviger_v1_RequestHeader__Output | null);
  'path': (string);
  'right': (_claviger_v1_HandleMode__Output);
  'principal': (string);
}
