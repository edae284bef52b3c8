// Original file: proto/claviger/v1/lock_service.proto

import type { Long } from '@grpc/proto-loader';

export interface RequestHeader {
  'sessionId'?: (number | string | Long);
  'requestNumber'?: (number | string | Long);
  'answeredThrough'?: (number | string | Long);
  'epoch'?: (number | string | Long);
  'stillOpen'?: (number | string | Long)[];
  'forCache'?: (boolean);
  'underSequencer'?: (string);
}

export interface RequestHeader__Output {
  'sessionId': (string);
  'requestNumber': (string);
  'answeredThrough': (string);
  'epoch': (string);
  'stillOpen': (string)[];
  'forCache': (boolean);
  'underSequencer': (string);
}
