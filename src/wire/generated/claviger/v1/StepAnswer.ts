// Original file: proto/claviger/v1/lock_service.proto

import type { OpenResponse as _claviger_v1_OpenResponse, OpenResponse__Output as _claviger_v1_OpenResponse__Output } from '../../claviger/v1/OpenResponse.ts';
import type { SetContentsResponse as _claviger_v1_SetContentsResponse, SetContentsResponse__Output as _claviger_v1_SetContentsResponse__Output } from '../../claviger/v1/SetContentsResponse.ts';
import type { DeleteResponse as _claviger_v1_DeleteResponse, DeleteResponse__Output as _claviger_v1_DeleteResponse__Output } from '../../claviger/v1/DeleteResponse.ts';
import type { SetAclResponse as _claviger_v1_SetAclResponse, SetAclResponse__Output as _claviger_v1_SetAclResponse__Output } from '../../claviger/v1/SetAclResponse.ts';
import type { GetStatResponse as _claviger_v1_GetStatResponse, GetStatResponse__Output as _claviger_v1_GetStatResponse__Output } from '../../claviger/v1/GetStatResponse.ts';
import type { GetContentsAndStatResponse as _claviger_v1_GetContentsAndStatResponse, GetContentsAndStatResponse__Output as _claviger_v1_GetContentsAndStatResponse__Output } from '../../claviger/v1/GetContentsAndStatResponse.ts';

export interface StepAnswer {
  'open'?: (_claviger_v1_OpenResponse | null);
  'setContents'?: (_claviger_v1_SetContentsResponse | null);
  'delete'?: (_claviger_v1_DeleteResponse | null);
  'setAcl'?: (_claviger_v1_SetAclResponse | null);
  'getStat'?: (_claviger_v1_GetStatResponse | null);
  'getContentsAndStat'?: (_claviger_v1_GetContentsAndStatResponse | null);
  'answer'?: "open"|"setContents"|"delete"|"setAcl"|"getStat"|"getContentsAndStat";
}

export interface StepAnswer__Output {
  'open'?: (_claviger_v1_OpenResponse__Output | null);
  'setContents'?: (_claviger_v1_SetContentsResponse__Output | null);
  'delete'?: (_claviger_v1_DeleteResponse__Output | null);
  'setAcl'?: (_claviger_v1_SetAclResponse__Output | null);
  'getStat'?: (_claviger_v1_GetStatResponse__Output | null);
  'getContentsAndStat'?: (_claviger_v1_GetContentsAndStatResponse__Output | null);
  'answer'?: "open"|"setContents"|"delete"|"setAcl"|"getStat"|"getContentsAndStat";
}
