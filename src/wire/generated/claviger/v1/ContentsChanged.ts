// Original file: proto/claviger/v1/lock_service.proto

import type { Long } from '@grpc/proto-loader';

export interface ContentsChanged {
  'contentGeneration'?: (number | string | Long);
}

export interface ContentsChanged__Output {
  'contentGeneration': (string);
}
