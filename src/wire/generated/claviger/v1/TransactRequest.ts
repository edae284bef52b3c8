// Original file: proto/claviger/v1/lock_service.proto

import type { RequestHeader as _claviger_v1_RequestHeader, RequestHeader__Output as _claviger_v1_RequestHeader__Output } from '../../claviger/v1/RequestHeader.ts';
import type { Guard as _claviger_v1_Guard, Guard__Output as _claviger_v1_Guard__Output } from '../../claviger/v1/Guard.ts';
import type { TransactionStep as _claviger_v1_TransactionStep, TransactionStep__Output as _claviger_v1_TransactionStep__Output } from '../../claviger/v1/TransactionStep.ts';

export interface TransactRequest {
  'header'?: (_claviger_v1_RequestHeader | null);
  'guards'?: (_claviger_v1_Guard)[];
  'then'?: (_claviger_v1_TransactionStep)[];
  'otherwise'?: (_claviger_v1_TransactionStep)[];
}

export interface TransactRequest__Output {
  'header': (_claviger_v1_RequestHeader__Output | null);
  'guards': (_claviger_v1_Guard__Output)[];
  'then': (_claviger_v1_TransactionStep__Output)[];
  'otherwise': (_claviger_v1_TransactionStep__Output)[];
}
