// Original file: proto/claviger/v1/lock_service.proto

import type { OpenRequest as _claviger_v1_OpenRequest, OpenRequest__Output as _claviger_v1_OpenRequest__Output } from '../../claviger/v1/OpenRequest.ts';
import type { SetContentsRequest as _claviger_v1_SetContentsRequest, SetContentsRequest__Output as _claviger_v1_SetContentsRequest__Output } from '../../claviger/v1/SetContentsRequest.ts';
import type { DeleteRequest as _claviger_v1_DeleteRequest, DeleteRequest__Output as _claviger_v1_DeleteRequest__Output } from '../../claviger/v1/DeleteRequest.ts';
import type { SetAclRequest as _claviger_v1_SetAclRequest, SetAclRequest__Output as _claviger_v1_SetAclRequest__Output } from '../../claviger/v1/SetAclRequest.ts';
import type { GetStatRequest as _claviger_v1_GetStatRequest, GetStatRequest__Output as _claviger_v1_GetStatRequest__Output } from '../../claviger/v1/GetStatRequest.ts';
import type { GetContentsAndStatRequest as _claviger_v1_GetContentsAndStatRequest, GetContentsAndStatRequest__Output as _claviger_v1_GetContentsAndStatRequest__Output } from '../../claviger/v1/GetContentsAndStatRequest.ts';

export interface TransactionStep {
  'open'?: (_claviger_v1_OpenRequest | null);
  'setContents'?: (_claviger_v1_SetContentsRequest | null);
  'delete'?: (_claviger_v1_DeleteRequest | null);
  'setAcl'?: (_claviger_v1_SetAclRequest | null);
  'getStat'?: (_claviger_v1_GetStatRequest | null);
  'getContentsAndStat'?: (_claviger_v1_GetContentsAndStatRequest | null);
  'step'?: "open"|"setContents"|"delete"|"setAcl"|"getStat"|"getContentsAndStat";
}

export interface TransactionStep__Output {
  'open'?: (_claviger_v1_OpenRequest__Output | null);
  'setContents'?: (_claviger_v1_SetContentsRequest__Output | null);
  'delete'?: (_claviger_v1_DeleteRequest__Output | null);
  'setAcl'?: (_claviger_v1_SetAclRequest__Output | null);
  'getStat'?: (_claviger_v1_GetStatRequest__Output | null);
  'getContentsAndStat'?: (_claviger_v1_GetContentsAndStatRequest__Output | null);
  'step'?: "open"|"setContents"|"delete"|"setAcl"|"getStat"|"getContentsAndStat";
}
