// Original file: proto/claviger/v1/lock_service.proto

import type { RequestHeader as _claviger_v1_RequestHeader, RequestHeader__Output as _claviger_v1_RequestHeader__Output } from '../../claviger/v1/RequestHeader.ts';

export interface RotateSigningKeysRequest {
  'header'?: (_claviger_v1_RequestHeader | null);
  'revoke'?: (boolean);
}

export interface RotateSigningKeysRequest__Output {
  'header': (_claviger_v1_RequestHeader__Output | null);
  'revoke': (boolean);
}
