// Original file: proto/claviger/v1/lock_service.proto

import type { LockMode as _claviger_v1_LockMode, LockMode__Output as _claviger_v1_LockMode__Output } from '../../claviger/v1/LockMode.ts';
import type { Long } from '@grpc/proto-loader';

export interface LockParty {
  'sessionId'?: (number | string | Long);
  'clientName'?: (string);
  'mode'?: (_claviger_v1_LockMode);
  'principal'?: (string);
  'host'?: (string);
  'processId'?: (number);
  'since'?: (number | string | Long);
  'forMs'?: (number | string | Long);
}

export interface LockParty__Output {
  'sessionId': (string);
  'clientName': (string);
  'mode': (_claviger_v1_LockMode__Output);
  'principal': (string);
  'host': (string);
  'processId': (number);
  'since': (string);
  'forMs': (string);
}
