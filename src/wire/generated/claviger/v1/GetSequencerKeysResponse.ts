// Original file: proto/claviger/v1/lock_service.proto

import type { SequencerKey as _claviger_v1_SequencerKey, SequencerKey__Output as _claviger_v1_SequencerKey__Output } from '../../claviger/v1/SequencerKey.ts';
import type { Long } from '@grpc/proto-loader';

export interface GetSequencerKeysResponse {
  'keys'?: (_claviger_v1_SequencerKey)[];
  'commitIndex'?: (number | string | Long);
}

export interface GetSequencerKeysResponse__Output {
  'keys': (_claviger_v1_SequencerKey__Output)[];
  'commitIndex': (string);
}
