// Original file: proto/claviger/v1/lock_service.proto

import type { Long } from '@grpc/proto-loader';

export interface Resync {
  'through'?: (number | string | Long);
}

export interface Resync__Output {
  'through': (string);
}
