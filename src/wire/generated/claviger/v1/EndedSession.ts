// Original file: proto/claviger/v1/lock_service.proto

import type { Long } from '@grpc/proto-loader';

export interface EndedSession {
  'sessionId'?: (number | string | Long);
  'clientName'?: (string);
  'reason'?: (string);
  'commitIndex'?: (number | string | Long);
}

export interface EndedSession__Output {
  'sessionId': (string);
  'clientName': (string);
  'reason': (string);
  'commitIndex': (string);
}
