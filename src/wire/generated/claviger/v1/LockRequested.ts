// Original file: proto/claviger/v1/lock_service.proto

import type { LockMode as _claviger_v1_LockMode, LockMode__Output as _claviger_v1_LockMode__Output } from '../../claviger/v1/LockMode.ts';
import type { Long } from '@grpc/proto-loader';

export interface LockRequested {
  'mode'?: (_claviger_v1_LockMode);
  'sessionId'?: (number | string | Long);
  'clientName'?: (string);
  'holders'?: (number | string | Long)[];
}

export interface LockRequested__Output {
  'mode': (_claviger_v1_LockMode__Output);
  'sessionId': (string);
  'clientName': (string);
  'holders': (string)[];
}
