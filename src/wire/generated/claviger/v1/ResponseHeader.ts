// Original file: proto/claviger/v1/lock_service.proto

import type { Long } from '@grpc/proto-loader';

export interface ResponseHeader {
  'epoch'?: (number | string | Long);
  'commitIndex'?: (number | string | Long);
  'cachable'?: (boolean);
}

export interface ResponseHeader__Output {
  'epoch': (string);
  'commitIndex': (string);
  'cachable': (boolean);
}
