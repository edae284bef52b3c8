// Original file: proto/claviger/v1/lock_service.proto

import type { ResponseHeader as _claviger_v1_ResponseHeader, ResponseHeader__Output as _claviger_v1_ResponseHeader__Output } from '../../claviger/v1/ResponseHeader.ts';
import type { Notice as _claviger_v1_Notice, Notice__Output as _claviger_v1_Notice__Output } from '../../claviger/v1/Notice.ts';
import type { Long } from '@grpc/proto-loader';

export interface KeepAliveResponse {
  'header'?: (_claviger_v1_ResponseHeader | null);
  'sessionLeaseMs'?: (number);
  'parkedMs'?: (number);
  'cacheLeaseMs'?: (number);
  'firstNotice'?: (number | string | Long);
  'notices'?: (_claviger_v1_Notice)[];
}

export interface KeepAliveResponse__Output {
  'header': (_claviger_v1_ResponseHeader__Output | null);
  'sessionLeaseMs': (number);
  'parkedMs': (number);
  'cacheLeaseMs': (number);
  'firstNotice': (string);
  'notices': (_claviger_v1_Notice__Output)[];
}
