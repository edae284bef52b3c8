// Original file: proto/claviger/v1/lock_service.proto

import type { ResponseHeader as _claviger_v1_ResponseHeader, ResponseHeader__Output as _claviger_v1_ResponseHeader__Output } from '../../claviger/v1/ResponseHeader.ts';

export interface GetSequencerResponse {
  'header'?: (_claviger_v1_ResponseHeader | null);
  'sequencer'?: (string);
}

export interface GetSequencerResponse__Output {
  'header': (_claviger_v1_ResponseHeader__Output | null);
  'sequencer': (string);
}
