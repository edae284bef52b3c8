// Original file: proto/claviger/v1/lock_service.proto

import type { ResponseHeader as _claviger_v1_ResponseHeader, ResponseHeader__Output as _claviger_v1_ResponseHeader__Output } from '../../claviger/v1/ResponseHeader.ts';
import type { NodeStat as _claviger_v1_NodeStat, NodeStat__Output as _claviger_v1_NodeStat__Output } from '../../claviger/v1/NodeStat.ts';
import type { Long } from '@grpc/proto-loader';

export interface AcquireResponse {
  'header'?: (_claviger_v1_ResponseHeader | null);
  'handle'?: (string);
  'lockGeneration'?: (number | string | Long);
  'stat'?: (_claviger_v1_NodeStat | null);
  'sequencer'?: (string);
}

export interface AcquireResponse__Output {
  'header': (_claviger_v1_ResponseHeader__Output | null);
  'handle': (string);
  'lockGeneration': (string);
  'stat': (_claviger_v1_NodeStat__Output | null);
  'sequencer': (string);
}
