// Original file: proto/claviger/v1/lock_service.proto

import type { RequestHeader as _claviger_v1_RequestHeader, RequestHeader__Output as _claviger_v1_RequestHeader__Output } from '../../claviger/v1/RequestHeader.ts';

export interface ReadDirRequest {
  'header'?: (_claviger_v1_RequestHeader | null);
  'path'?: (string);
  'handle'?: (string);
  'afterName'?: (string);
  'pageSize'?: (number);
  'recursive'?: (boolean);
  'node'?: "path"|"handle";
}

export interface ReadDirRequest__Output {
  'header': (_claviger_v1_RequestHeader__Output | null);
  'path'?: (string);
  'handle'?: (string);
  'afterName': (string);
  'pageSize': (number);
  'recursive': (boolean);
  'node'?: "path"|"handle";
}
