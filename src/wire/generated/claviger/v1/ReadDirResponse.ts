// Original file: proto/claviger/v1/lock_service.proto

import type { ResponseHeader as _claviger_v1_ResponseHeader, ResponseHeader__Output as _claviger_v1_ResponseHeader__Output } from '../../claviger/v1/ResponseHeader.ts';
import type { DirectoryEntry as _claviger_v1_DirectoryEntry, DirectoryEntry__Output as _claviger_v1_DirectoryEntry__Output } from '../../claviger/v1/DirectoryEntry.ts';
import type { NodeStat as _claviger_v1_NodeStat, NodeStat__Output as _claviger_v1_NodeStat__Output } from '../../claviger/v1/NodeStat.ts';

export interface ReadDirResponse {
  'header'?: (_claviger_v1_ResponseHeader | null);
  'entries'?: (_claviger_v1_DirectoryEntry)[];
  'more'?: (boolean);
  'stat'?: (_claviger_v1_NodeStat | null);
}

export interface ReadDirResponse__Output {
  'header': (_claviger_v1_ResponseHeader__Output | null);
  'entries': (_claviger_v1_DirectoryEntry__Output)[];
  'more': (boolean);
  'stat': (_claviger_v1_NodeStat__Output | null);
}
