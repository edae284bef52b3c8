// Original file: proto/claviger/v1/lock_service.proto

import type { ResponseHeader as _claviger_v1_ResponseHeader, ResponseHeader__Output as _claviger_v1_ResponseHeader__Output } from '../../claviger/v1/ResponseHeader.ts';
import type { SequencerKey as _claviger_v1_SequencerKey, SequencerKey__Output as _claviger_v1_SequencerKey__Output } from '../../claviger/v1/SequencerKey.ts';

export interface RotateSigningKeysResponse {
  'header'?: (_claviger_v1_ResponseHeader | null);
  'keys'?: (_claviger_v1_SequencerKey)[];
}

export interface RotateSigningKeysResponse__Output {
  'header': (_claviger_v1_ResponseHeader__Output | null);
  'keys': (_claviger_v1_SequencerKey__Output)[];
}
