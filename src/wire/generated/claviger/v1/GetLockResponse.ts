// Original file: proto/claviger/v1/lock_service.proto

import type { ResponseHeader as _claviger_v1_ResponseHeader, ResponseHeader__Output as _claviger_v1_ResponseHeader__Output } from '../../claviger/v1/ResponseHeader.ts';
import type { LockParty as _claviger_v1_LockParty, LockParty__Output as _claviger_v1_LockParty__Output } from '../../claviger/v1/LockParty.ts';
import type { LockDelay as _claviger_v1_LockDelay, LockDelay__Output as _claviger_v1_LockDelay__Output } from '../../claviger/v1/LockDelay.ts';
import type { Long } from '@grpc/proto-loader';

export interface GetLockResponse {
  'header'?: (_claviger_v1_ResponseHeader | null);
  'lockGeneration'?: (number | string | Long);
  'holders'?: (_claviger_v1_LockParty)[];
  'waiters'?: (_claviger_v1_LockParty)[];
  'delay'?: (_claviger_v1_LockDelay | null);
}

export interface GetLockResponse__Output {
  'header': (_claviger_v1_ResponseHeader__Output | null);
  'lockGeneration': (string);
  'holders': (_claviger_v1_LockParty__Output)[];
  'waiters': (_claviger_v1_LockParty__Output)[];
  'delay': (_claviger_v1_LockDelay__Output | null);
}
