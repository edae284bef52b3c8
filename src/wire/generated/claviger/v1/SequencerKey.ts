// Original file: proto/claviger/v1/lock_service.proto

import type { KeyState as _claviger_v1_KeyState, KeyState__Output as _claviger_v1_KeyState__Output } from '../../claviger/v1/KeyState.ts';
import type { Long } from '@grpc/proto-loader';

export interface SequencerKey {
  'keyId'?: (string);
  'state'?: (_claviger_v1_KeyState);
  'since'?: (number | string | Long);
  'publicKey'?: (Buffer | Uint8Array | string);
}

export interface SequencerKey__Output {
  'keyId': (string);
  'state': (_claviger_v1_KeyState__Output);
  'since': (string);
  'publicKey': (Buffer);
}
