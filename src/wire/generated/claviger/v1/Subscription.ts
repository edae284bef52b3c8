// Original file: proto/claviger/v1/lock_service.proto

import type { Scope as _claviger_v1_Scope, Scope__Output as _claviger_v1_Scope__Output } from '../../claviger/v1/Scope.ts';
import type { ChangeKind as _claviger_v1_ChangeKind, ChangeKind__Output as _claviger_v1_ChangeKind__Output } from '../../claviger/v1/ChangeKind.ts';
import type { Long } from '@grpc/proto-loader';

export interface Subscription {
  'subscriptionId'?: (number | string | Long);
  'path'?: (string);
  'scope'?: (_claviger_v1_Scope);
  'kinds'?: (_claviger_v1_ChangeKind)[];
}

export interface Subscription__Output {
  'subscriptionId': (string);
  'path': (string);
  'scope': (_claviger_v1_Scope__Output);
  'kinds': (_claviger_v1_ChangeKind__Output)[];
}
