// Original file: proto/claviger/v1/lock_service.proto

import type { NodeChange as _claviger_v1_NodeChange, NodeChange__Output as _claviger_v1_NodeChange__Output } from '../../claviger/v1/NodeChange.ts';
import type { Long } from '@grpc/proto-loader';

export interface Event {
  'subscriptionId'?: (number | string | Long);
  'commitIndex'?: (number | string | Long);
  'change'?: (_claviger_v1_NodeChange | null);
}

export interface Event__Output {
  'subscriptionId': (string);
  'commitIndex': (string);
  'change': (_claviger_v1_NodeChange__Output | null);
}
