// Original file: proto/claviger/v1/lock_service.proto

import type { Invalidation as _claviger_v1_Invalidation, Invalidation__Output as _claviger_v1_Invalidation__Output } from '../../claviger/v1/Invalidation.ts';
import type { Event as _claviger_v1_Event, Event__Output as _claviger_v1_Event__Output } from '../../claviger/v1/Event.ts';
import type { LockWanted as _claviger_v1_LockWanted, LockWanted__Output as _claviger_v1_LockWanted__Output } from '../../claviger/v1/LockWanted.ts';
import type { Resync as _claviger_v1_Resync, Resync__Output as _claviger_v1_Resync__Output } from '../../claviger/v1/Resync.ts';

export interface Notice {
  'invalidate'?: (_claviger_v1_Invalidation | null);
  'event'?: (_claviger_v1_Event | null);
  'lockWanted'?: (_claviger_v1_LockWanted | null);
  'resync'?: (_claviger_v1_Resync | null);
  'notice'?: "invalidate"|"event"|"lockWanted"|"resync";
}

export interface Notice__Output {
  'invalidate'?: (_claviger_v1_Invalidation__Output | null);
  'event'?: (_claviger_v1_Event__Output | null);
  'lockWanted'?: (_claviger_v1_LockWanted__Output | null);
  'resync'?: (_claviger_v1_Resync__Output | null);
  'notice'?: "invalidate"|"event"|"lockWanted"|"resync";
}
