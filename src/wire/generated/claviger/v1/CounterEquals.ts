// Original file: proto/claviger/v1/lock_service.proto

import type { NodeCounter as _claviger_v1_NodeCounter, NodeCounter__Output as _claviger_v1_NodeCounter__Output } from '../../claviger/v1/NodeCounter.ts';
import type { Long } from '@grpc/proto-loader';

export interface CounterEquals {
  'path'?: (string);
  'counter'?: (_claviger_v1_NodeCounter);
  'equals'?: (number | string | Long);
}

export interface CounterEquals__Output {
  'path': (string);
  'counter': (_claviger_v1_NodeCounter__Output);
  'equals': (string);
}
