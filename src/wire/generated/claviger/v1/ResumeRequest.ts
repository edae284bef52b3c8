// Original file: proto/claviger/v1/lock_service.proto

import type { RequestHeader as _claviger_v1_RequestHeader, RequestHeader__Output as _claviger_v1_RequestHeader__Output } from '../../claviger/v1/RequestHeader.ts';
import type { Subscription as _claviger_v1_Subscription, Subscription__Output as _claviger_v1_Subscription__Output } from '../../claviger/v1/Subscription.ts';
import type { Long } from '@grpc/proto-loader';

export interface ResumeRequest {
  'header'?: (_claviger_v1_RequestHeader | null);
  'seenThrough'?: (number | string | Long);
  'cached'?: (string)[];
  'subscriptions'?: (_claviger_v1_Subscription)[];
}

export interface ResumeRequest__Output {
  'header': (_claviger_v1_RequestHeader__Output | null);
  'seenThrough': (string);
  'cached': (string)[];
  'subscriptions': (_claviger_v1_Subscription__Output)[];
}
