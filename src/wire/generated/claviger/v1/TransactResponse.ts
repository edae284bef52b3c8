// Original file: proto/claviger/v1/lock_service.proto

import type { ResponseHeader as _claviger_v1_ResponseHeader, ResponseHeader__Output as _claviger_v1_ResponseHeader__Output } from '../../claviger/v1/ResponseHeader.ts';
import type { StepAnswer as _claviger_v1_StepAnswer, StepAnswer__Output as _claviger_v1_StepAnswer__Output } from '../../claviger/v1/StepAnswer.ts';

export interface TransactResponse {
  'header'?: (_claviger_v1_ResponseHeader | null);
  'guardsHeld'?: (boolean);
  'answers'?: (_claviger_v1_StepAnswer)[];
}

export interface TransactResponse__Output {
  'header': (_claviger_v1_ResponseHeader__Output | null);
  'guardsHeld': (boolean);
  'answers': (_claviger_v1_StepAnswer__Output)[];
}
