// Original file: proto/claviger/v1/lock_service.proto

import type { RequestHeader as _claviger_v1_RequestHeader, RequestHeader__Output as _claviger_v1_RequestHeader__Output } from '../../claviger/v1/RequestHeader.ts';
import type { Long } from '@grpc/proto-loader';

export interface ListSessionsRequest {
  'header'?: (_claviger_v1_RequestHeader | null);
  'afterSessionId'?: (number | string | Long);
  'pageSize'?: (number);
}

export interface ListSessionsRequest__Output {
  'header': (_claviger_v1_RequestHeader__Output | null);
  'afterSessionId': (string);
  'pageSize': (number);
}
