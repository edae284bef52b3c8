// Original file: proto/claviger/v1/lock_service.proto

import type { ResponseHeader as _claviger_v1_ResponseHeader, ResponseHeader__Output as _claviger_v1_ResponseHeader__Output } from '../../claviger/v1/ResponseHeader.ts';
import type { Long } from '@grpc/proto-loader';

export interface CreateSessionResponse {
  'header'?: (_claviger_v1_ResponseHeader | null);
  'sessionId'?: (number | string | Long);
  'sessionLeaseMs'?: (number);
}

export interface CreateSessionResponse__Output {
  'header': (_claviger_v1_ResponseHeader__Output | null);
  'sessionId': (string);
  'sessionLeaseMs': (number);
}
