// Original file: proto/claviger/v1/lock_service.proto

import type { NodeStat as _claviger_v1_NodeStat, NodeStat__Output as _claviger_v1_NodeStat__Output } from '../../claviger/v1/NodeStat.ts';

export interface DirectoryEntry {
  'name'?: (string);
  'stat'?: (_claviger_v1_NodeStat | null);
}

export interface DirectoryEntry__Output {
  'name': (string);
  'stat': (_claviger_v1_NodeStat__Output | null);
}
