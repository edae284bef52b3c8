// Original file: proto/claviger/v1/lock_service.proto

import type { Existence as _claviger_v1_Existence, Existence__Output as _claviger_v1_Existence__Output } from '../../claviger/v1/Existence.ts';
import type { CounterEquals as _claviger_v1_CounterEquals, CounterEquals__Output as _claviger_v1_CounterEquals__Output } from '../../claviger/v1/CounterEquals.ts';
import type { ChecksumEquals as _claviger_v1_ChecksumEquals, ChecksumEquals__Output as _claviger_v1_ChecksumEquals__Output } from '../../claviger/v1/ChecksumEquals.ts';
import type { LockHeld as _claviger_v1_LockHeld, LockHeld__Output as _claviger_v1_LockHeld__Output } from '../../claviger/v1/LockHeld.ts';
import type { EpochEquals as _claviger_v1_EpochEquals, EpochEquals__Output as _claviger_v1_EpochEquals__Output } from '../../claviger/v1/EpochEquals.ts';

export interface Guard {
  'exists'?: (_claviger_v1_Existence | null);
  'counter'?: (_claviger_v1_CounterEquals | null);
  'checksum'?: (_claviger_v1_ChecksumEquals | null);
  'lockHeld'?: (_claviger_v1_LockHeld | null);
  'epoch'?: (_claviger_v1_EpochEquals | null);
  'guard'?: "exists"|"counter"|"checksum"|"lockHeld"|"epoch";
}

export interface Guard__Output {
  'exists'?: (_claviger_v1_Existence__Output | null);
  'counter'?: (_claviger_v1_CounterEquals__Output | null);
  'checksum'?: (_claviger_v1_ChecksumEquals__Output | null);
  'lockHeld'?: (_claviger_v1_LockHeld__Output | null);
  'epoch'?: (_claviger_v1_EpochEquals__Output | null);
  'guard'?: "exists"|"counter"|"checksum"|"lockHeld"|"epoch";
}
