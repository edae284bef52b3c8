// Original file: proto/claviger/v1/lock_service.proto

import type { ResponseHeader as _claviger_v1_ResponseHeader, ResponseHeader__Output as _claviger_v1_ResponseHeader__Output } from '../../claviger/v1/ResponseHeader.ts';
import type { Long } from '@grpc/proto-loader';

export interface ResumeResponse {
  'header'?: (_claviger_v1_ResponseHeader | null);
  'lastNotice'?: (number | string | Long);
}

export interface ResumeResponse__Output {
  'header': (_claviger_v1_ResponseHeader__Output | null);
  'lastNotice': (string);
}
