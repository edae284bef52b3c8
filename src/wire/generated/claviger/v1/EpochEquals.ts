// Original file: proto/claviger/v1/lock_service.proto

import type { Long } from '@grpc/proto-loader';

export interface EpochEquals {
  'equals'?: (number | string | Long);
}

export interface EpochEquals__Output {
  'equals': (string);
}
