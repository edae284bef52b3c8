// Original file: proto/claviger/v1/errors.proto

import type { ErrorCode as _claviger_v1_ErrorCode, ErrorCode__Output as _claviger_v1_ErrorCode__Output } from '../../claviger/v1/ErrorCode.ts';

export interface ErrorDetail {
  'code'?: (_claviger_v1_ErrorCode);
  'detail'?: (string);
  'masterHint'?: (string);
  'unknownOutcome'?: (boolean);
  'retryable'?: (boolean);
  'retryAfterMs'?: (number);
}

export interface ErrorDetail__Output {
  'code': (_claviger_v1_ErrorCode__Output);
  'detail': (string);
  'masterHint': (string);
  'unknownOutcome': (boolean);
  'retryable': (boolean);
  'retryAfterMs': (number);
}
