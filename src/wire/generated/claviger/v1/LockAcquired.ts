// Original file: proto/claviger/v1/lock_service.proto

import type { LockMode as _claviger_v1_LockMode, LockMode__Output as _claviger_v1_LockMode__Output } from '../../claviger/v1/LockMode.ts';
import type { Long } from '@grpc/proto-loader';

export interface LockAcquired {
  'mode'?: (_claviger_v1_LockMode);
  'lockGeneration'?: (number | string | Long);
  'sessionId'?: (number | string | Long);
  'clientName'?: (string);
}

export interface LockAcquired__Output {
  'mode': (_claviger_v1_LockMode__Output);
  'lockGeneration': (string);
  'sessionId': (string);
  'clientName': (string);
}
