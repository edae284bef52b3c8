// Original file: proto/claviger/v1/lock_service.proto

import type { ResponseHeader as _claviger_v1_ResponseHeader, ResponseHeader__Output as _claviger_v1_ResponseHeader__Output } from '../../claviger/v1/ResponseHeader.ts';
import type { NodeStat as _claviger_v1_NodeStat, NodeStat__Output as _claviger_v1_NodeStat__Output } from '../../claviger/v1/NodeStat.ts';

export interface SetAclResponse {
  'header'?: (_claviger_v1_ResponseHeader | null);
  'stat'?: (_claviger_v1_NodeStat | null);
}

export interface SetAclResponse__Output {
  'header': (_claviger_v1_ResponseHeader__Output | null);
  'stat': (_claviger_v1_NodeStat__Output | null);
}
