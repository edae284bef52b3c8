// Original file: proto/claviger/v1/lock_service.proto

import type { ResponseHeader as _claviger_v1_ResponseHeader, ResponseHeader__Output as _claviger_v1_ResponseHeader__Output } from '../../claviger/v1/ResponseHeader.ts';
import type { NodeStat as _claviger_v1_NodeStat, NodeStat__Output as _claviger_v1_NodeStat__Output } from '../../claviger/v1/NodeStat.ts';
import type { LockParty as _claviger_v1_LockParty, LockParty__Output as _claviger_v1_LockParty__Output } from '../../claviger/v1/LockParty.ts';
import type { LockDelay as _claviger_v1_LockDelay, LockDelay__Output as _claviger_v1_LockDelay__Output } from '../../claviger/v1/LockDelay.ts';
import type { Long } from '@grpc/proto-loader';

export interface TryAcquireResponse {
  'header'?: (_claviger_v1_ResponseHeader | null);
  'acquired'?: (boolean);
  'handle'?: (string);
  'lockGeneration'?: (number | string | Long);
  'stat'?: (_claviger_v1_NodeStat | null);
  'sequencer'?: (string);
  'holders'?: (_claviger_v1_LockParty)[];
  'waiterCount'?: (number);
  'delay'?: (_claviger_v1_LockDelay | null);
}

export interface TryAcquireResponse__Output {
  'header': (_claviger_v1_ResponseHeader__Output | null);
  'acquired': (boolean);
  'handle': (string);
  'lockGeneration': (string);
  'stat': (_claviger_v1_NodeStat__Output | null);
  'sequencer': (string);
  'holders': (_claviger_v1_LockParty__Output)[];
  'waiterCount': (number);
  'delay': (_claviger_v1_LockDelay__Output | null);
}
