// Original file: proto/claviger/v1/lock_service.proto

import type { Result as _claviger_v1_Result, Result__Output as _claviger_v1_Result__Output } from '../../claviger/v1/Result.ts';

export interface ServerMessage {
  'results'?: (_claviger_v1_Result)[];
}

export interface ServerMessage__Output {
  'results': (_claviger_v1_Result__Output)[];
}
