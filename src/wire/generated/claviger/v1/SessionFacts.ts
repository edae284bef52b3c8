// Original file: proto/claviger/v1/lock_service.proto

import type { Long } from '@grpc/proto-loader';

export interface SessionFacts {
  'sessionId'?: (number | string | Long);
  'clientName'?: (string);
  'principal'?: (string);
  'host'?: (string);
  'processId'?: (number);
  'caching'?: (boolean);
  'sessionLeaseMs'?: (number);
  'remainingMs'?: (number);
  'engagementCount'?: (number);
  'cachedKeyCount'?: (number);
  'subscriptionCount'?: (number);
  'noticeCount'?: (number);
  'delaysWritesForMs'?: (number);
}

export interface SessionFacts__Output {
  'sessionId': (string);
  'clientName': (string);
  'principal': (string);
  'host': (string);
  'processId': (number);
  'caching': (boolean);
  'sessionLeaseMs': (number);
  'remainingMs': (number);
  'engagementCount': (number);
  'cachedKeyCount': (number);
  'subscriptionCount': (number);
  'noticeCount': (number);
  'delaysWritesForMs': (number);
}
