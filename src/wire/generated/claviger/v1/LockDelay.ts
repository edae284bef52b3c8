// Original file: proto/claviger/v1/lock_service.proto

import type { Long } from '@grpc/proto-loader';

export interface LockDelay {
  'lockDelayMs'?: (number);
  'remainingMs'?: (number);
  'sessionId'?: (number | string | Long);
  'clientName'?: (string);
  'reason'?: (string);
}

export interface LockDelay__Output {
  'lockDelayMs': (number);
  'remainingMs': (number);
  'sessionId': (string);
  'clientName': (string);
  'reason': (string);
}
