// Original file: proto/claviger/v1/lock_service.proto

import type { RequestHeader as _claviger_v1_RequestHeader, RequestHeader__Output as _claviger_v1_RequestHeader__Output } from '../../claviger/v1/RequestHeader.ts';
import type { Long } from '@grpc/proto-loader';

export interface KeepAliveRequest {
  'header'?: (_claviger_v1_RequestHeader | null);
  'seenEpoch'?: (number | string | Long);
  'seenThrough'?: (number | string | Long);
}

export interface KeepAliveRequest__Output {
  'header': (_claviger_v1_RequestHeader__Output | null);
  'seenEpoch': (string);
  'seenThrough': (string);
}
