// Original file: proto/claviger/v1/lock_service.proto

import type { ErrorDetail as _claviger_v1_ErrorDetail, ErrorDetail__Output as _claviger_v1_ErrorDetail__Output } from '../../claviger/v1/ErrorDetail.ts';
import type { CreateSessionResponse as _claviger_v1_CreateSessionResponse, CreateSessionResponse__Output as _claviger_v1_CreateSessionResponse__Output } from '../../claviger/v1/CreateSessionResponse.ts';
import type { KeepAliveResponse as _claviger_v1_KeepAliveResponse, KeepAliveResponse__Output as _claviger_v1_KeepAliveResponse__Output } from '../../claviger/v1/KeepAliveResponse.ts';
import type { CloseSessionResponse as _claviger_v1_CloseSessionResponse, CloseSessionResponse__Output as _claviger_v1_CloseSessionResponse__Output } from '../../claviger/v1/CloseSessionResponse.ts';
import type { OpenResponse as _claviger_v1_OpenResponse, OpenResponse__Output as _claviger_v1_OpenResponse__Output } from '../../claviger/v1/OpenResponse.ts';
import type { CloseResponse as _claviger_v1_CloseResponse, CloseResponse__Output as _claviger_v1_CloseResponse__Output } from '../../claviger/v1/CloseResponse.ts';
import type { GetContentsAndStatResponse as _claviger_v1_GetContentsAndStatResponse, GetContentsAndStatResponse__Output as _claviger_v1_GetContentsAndStatResponse__Output } from '../../claviger/v1/GetContentsAndStatResponse.ts';
import type { GetStatResponse as _claviger_v1_GetStatResponse, GetStatResponse__Output as _claviger_v1_GetStatResponse__Output } from '../../claviger/v1/GetStatResponse.ts';
import type { ReadDirResponse as _claviger_v1_ReadDirResponse, ReadDirResponse__Output as _claviger_v1_ReadDirResponse__Output } from '../../claviger/v1/ReadDirResponse.ts';
import type { SetContentsResponse as _claviger_v1_SetContentsResponse, SetContentsResponse__Output as _claviger_v1_SetContentsResponse__Output } from '../../claviger/v1/SetContentsResponse.ts';
import type { DeleteResponse as _claviger_v1_DeleteResponse, DeleteResponse__Output as _claviger_v1_DeleteResponse__Output } from '../../claviger/v1/DeleteResponse.ts';
import type { AcquireResponse as _claviger_v1_AcquireResponse, AcquireResponse__Output as _claviger_v1_AcquireResponse__Output } from '../../claviger/v1/AcquireResponse.ts';
import type { TryAcquireResponse as _claviger_v1_TryAcquireResponse, TryAcquireResponse__Output as _claviger_v1_TryAcquireResponse__Output } from '../../claviger/v1/TryAcquireResponse.ts';
import type { CancelAcquireResponse as _claviger_v1_CancelAcquireResponse, CancelAcquireResponse__Output as _claviger_v1_CancelAcquireResponse__Output } from '../../claviger/v1/CancelAcquireResponse.ts';
import type { ReleaseResponse as _claviger_v1_ReleaseResponse, ReleaseResponse__Output as _claviger_v1_ReleaseResponse__Output } from '../../claviger/v1/ReleaseResponse.ts';
import type { GetLockResponse as _claviger_v1_GetLockResponse, GetLockResponse__Output as _claviger_v1_GetLockResponse__Output } from '../../claviger/v1/GetLockResponse.ts';
import type { GetSequencerResponse as _claviger_v1_GetSequencerResponse, GetSequencerResponse__Output as _claviger_v1_GetSequencerResponse__Output } from '../../claviger/v1/GetSequencerResponse.ts';
import type { CheckSequencerResponse as _claviger_v1_CheckSequencerResponse, CheckSequencerResponse__Output as _claviger_v1_CheckSequencerResponse__Output } from '../../claviger/v1/CheckSequencerResponse.ts';
import type { Long } from '@grpc/proto-loader';

export interface Result {
  'callId'?: (number | string | Long);
  'epoch'?: (number | string | Long);
  'commitIndex'?: (number | string | Long);
  'refusal'?: (_claviger_v1_ErrorDetail | null);
  'createSession'?: (_claviger_v1_CreateSessionResponse | null);
  'keepAlive'?: (_claviger_v1_KeepAliveResponse | null);
  'closeSession'?: (_claviger_v1_CloseSessionResponse | null);
  'open'?: (_claviger_v1_OpenResponse | null);
  'close'?: (_claviger_v1_CloseResponse | null);
  'getContentsAndStat'?: (_claviger_v1_GetContentsAndStatResponse | null);
  'getStat'?: (_claviger_v1_GetStatResponse | null);
  'readDir'?: (_claviger_v1_ReadDirResponse | null);
  'setContents'?: (_claviger_v1_SetContentsResponse | null);
  'delete'?: (_claviger_v1_DeleteResponse | null);
  'acquire'?: (_claviger_v1_AcquireResponse | null);
  'tryAcquire'?: (_claviger_v1_TryAcquireResponse | null);
  'cancelAcquire'?: (_claviger_v1_CancelAcquireResponse | null);
  'release'?: (_claviger_v1_ReleaseResponse | null);
  'getLock'?: (_claviger_v1_GetLockResponse | null);
  'getSequencer'?: (_claviger_v1_GetSequencerResponse | null);
  'checkSequencer'?: (_claviger_v1_CheckSequencerResponse | null);
  'outcome'?: "refusal"|"createSession"|"keepAlive"|"closeSession"|"open"|"close"|"getContentsAndStat"|"getStat"|"readDir"|"setContents"|"delete"|"acquire"|"tryAcquire"|"cancelAcquire"|"release"|"getLock"|"getSequencer"|"checkSequencer";
}

export interface Result__Output {
  'callId': (string);
  'epoch': (string);
  'commitIndex': (string);
  'refusal'?: (_claviger_v1_ErrorDetail__Output | null);
  'createSession'?: (_claviger_v1_CreateSessionResponse__Output | null);
  'keepAlive'?: (_claviger_v1_KeepAliveResponse__Output | null);
  'closeSession'?: (_claviger_v1_CloseSessionResponse__Output | null);
  'open'?: (_claviger_v1_OpenResponse__Output | null);
  'close'?: (_claviger_v1_CloseResponse__Output | null);
  'getContentsAndStat'?: (_claviger_v1_GetContentsAndStatResponse__Output | null);
  'getStat'?: (_claviger_v1_GetStatResponse__Output | null);
  'readDir'?: (_claviger_v1_ReadDirResponse__Output | null);
  'setContents'?: (_claviger_v1_SetContentsResponse__Output | null);
  'delete'?: (_claviger_v1_DeleteResponse__Output | null);
  'acquire'?: (_claviger_v1_AcquireResponse__Output | null);
  'tryAcquire'?: (_claviger_v1_TryAcquireResponse__Output | null);
  'cancelAcquire'?: (_claviger_v1_CancelAcquireResponse__Output | null);
  'release'?: (_claviger_v1_ReleaseResponse__Output | null);
  'getLock'?: (_claviger_v1_GetLockResponse__Output | null);
  'getSequencer'?: (_claviger_v1_GetSequencerResponse__Output | null);
  'checkSequencer'?: (_claviger_v1_CheckSequencerResponse__Output | null);
  'outcome'?: "refusal"|"createSession"|"keepAlive"|"closeSession"|"open"|"close"|"getContentsAndStat"|"getStat"|"readDir"|"setContents"|"delete"|"acquire"|"tryAcquire"|"cancelAcquire"|"release"|"getLock"|"getSequencer"|"checkSequencer";
}
