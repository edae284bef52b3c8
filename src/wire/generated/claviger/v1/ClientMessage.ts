// Original file: proto/claviger/v1/lock_service.proto

import type { Call as _claviger_v1_Call, Call__Output as _claviger_v1_Call__Output } from '../../claviger/v1/Call.ts';

export interface ClientMessage {
  'calls'?: (_claviger_v1_Call)[];
}

export interface ClientMessage__Output {
  'calls': (_claviger_v1_Call__Output)[];
}
