// Original file: proto/claviger/v1/lock_service.proto

import type { RequestHeader as _claviger_v1_RequestHeader, RequestHeader__Output as _claviger_v1_RequestHeader__Output } from '../../claviger/v1/RequestHeader.ts';
import type { Long } from '@grpc/proto-loader';

export interface DeleteRequest {
  'header'?: (_claviger_v1_RequestHeader | null);
  'path'?: (string);
  'handle'?: (string);
  'ifContentGeneration'?: (number | string | Long);
  'node'?: "path"|"handle";
  '_ifContentGeneration'?: "ifContentGeneration";
}

export interface DeleteRequest__Output {
  'header': (_claviger_v1_RequestHeader__Output | null);
  'path'?: (string);
  'handle'?: (string);
  'ifContentGeneration'?: (string);
  'node'?: "path"|"handle";
  '_ifContentGeneration'?: "ifContentGeneration";
}
