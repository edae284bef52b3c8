// Original file: proto/claviger/v1/lock_service.proto

import type { RequestHeader as _claviger_v1_RequestHeader, RequestHeader__Output as _claviger_v1_RequestHeader__Output } from '../../claviger/v1/RequestHeader.ts';

export interface CreateSessionRequest {
  'header'?: (_claviger_v1_RequestHeader | null);
  'clientName'?: (string);
  'sessionLeaseMs'?: (number);
  'nonce'?: (string);
  'host'?: (string);
  'processId'?: (number);
  'caching'?: (boolean);
}

export interface CreateSessionRequest__Output {
  'header': (_claviger_v1_RequestHeader__Output | null);
  'clientName': (string);
  'sessionLeaseMs': (number);
  'nonce': (string);
  'host': (string);
  'processId': (number);
  'caching': (boolean);
}
