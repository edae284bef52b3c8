// Original file: proto/claviger/v1/lock_service.proto

import type { RequestHeader as _claviger_v1_RequestHeader, RequestHeader__Output as _claviger_v1_RequestHeader__Output } from '../../claviger/v1/RequestHeader.ts';
import type { Subscription as _claviger_v1_Subscription, Subscription__Output as _claviger_v1_Subscription__Output } from '../../claviger/v1/Subscription.ts';
import type { Long } from '@grpc/proto-loader';

export interface SubscribeRequest {
  'header'?: (_claviger_v1_RequestHeader | null);
  'subscription'?: (_claviger_v1_Subscription | null);
  'after'?: (number | string | Long);
}

export interface SubscribeRequest__Output {
  'header': (_claviger_v1_RequestHeader__Output | null);
  'subscription': (_claviger_v1_Subscription__Output | null);
  'after': (string);
}
