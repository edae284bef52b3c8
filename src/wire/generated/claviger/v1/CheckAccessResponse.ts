// Original file: proto/claviger/v1/lock_service.proto

import type { ResponseHeader as _claviger_v1_ResponseHeader, ResponseHeader__Output as _claviger_v1_ResponseHeader__Output } from '../../claviger/v1/ResponseHeader.ts';

export interface CheckAccessResponse {
  'header'?: (_claviger_v1_ResponseHeader | null);
  'allowed'?: (boolean);
  'reason'?: (string);
}

export interface CheckAccessResponse__Output {
  'header': (_claviger_v1_ResponseHeader__Output | null);
  'allowed': (boolean);
  'reason': (string);
}
