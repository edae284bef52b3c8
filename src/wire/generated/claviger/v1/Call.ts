// Original file: proto/claviger/v1/lock_service.proto

import type { CreateSessionRequest as _claviger_v1_CreateSessionRequest, CreateSessionRequest__Output as _claviger_v1_CreateSessionRequest__Output } from '../../claviger/v1/CreateSessionRequest.ts';
import type { KeepAliveRequest as _claviger_v1_KeepAliveRequest, KeepAliveRequest__Output as _claviger_v1_KeepAliveRequest__Output } from '../../claviger/v1/KeepAliveRequest.ts';
import type { CloseSessionRequest as _claviger_v1_CloseSessionRequest, CloseSessionRequest__Output as _claviger_v1_CloseSessionRequest__Output } from '../../claviger/v1/CloseSessionRequest.ts';
import type { OpenRequest as _claviger_v1_OpenRequest, OpenRequest__Output as _claviger_v1_OpenRequest__Output } from '../../claviger/v1/OpenRequest.ts';
import type { CloseRequest as _claviger_v1_CloseRequest, CloseRequest__Output as _claviger_v1_CloseRequest__Output } from '../../claviger/v1/CloseRequest.ts';
import type { GetContentsAndStatRequest as _claviger_v1_GetContentsAndStatRequest, GetContentsAndStatRequest__Output as _claviger_v1_GetContentsAndStatRequest__Output } from '../../claviger/v1/GetContentsAndStatRequest.ts';
import type { GetStatRequest as _claviger_v1_GetStatRequest, GetStatRequest__Output as _claviger_v1_GetStatRequest__Output } from '../../claviger/v1/GetStatRequest.ts';
import type { ReadDirRequest as _claviger_v1_ReadDirRequest, ReadDirRequest__Output as _claviger_v1_ReadDirRequest__Output } from '../../claviger/v1/ReadDirRequest.ts';
import type { SetContentsRequest as _claviger_v1_SetContentsRequest, SetContentsRequest__Output as _claviger_v1_SetContentsRequest__Output } from '../../claviger/v1/SetContentsRequest.ts';
import type { DeleteRequest as _claviger_v1_DeleteRequest, DeleteRequest__Output as _claviger_v1_DeleteRequest__Output } from '../../claviger/v1/DeleteRequest.ts';
import type { AcquireRequest as _claviger_v1_AcquireRequest, AcquireRequest__Output as _claviger_v1_AcquireRequest__Output } from '../../claviger/v1/AcquireRequest.ts';
import type { TryAcquireRequest as _claviger_v1_TryAcquireRequest, TryAcquireRequest__Output as _claviger_v1_TryAcquireRequest__Output } from '../../claviger/v1/TryAcquireRequest.ts';
import type { CancelAcquireRequest as _claviger_v1_CancelAcquireRequest, CancelAcquireRequest__Output as _claviger_v1_CancelAcquireRequest__Output } from '../../claviger/v1/CancelAcquireRequest.ts';
import type { ReleaseRequest as _claviger_v1_ReleaseRequest, ReleaseRequest__Output as _claviger_v1_ReleaseRequest__Output } from '../../claviger/v1/ReleaseRequest.ts';
import type { GetLockRequest as _claviger_v1_GetLockRequest, GetLockRequest__Output as _claviger_v1_GetLockRequest__Output } from '../../claviger/v1/GetLockRequest.ts';
import type { GetSequencerRequest as _claviger_v1_GetSequencerRequest, GetSequencerRequest__Output as _claviger_v1_GetSequencerRequest__Output } from '../../claviger/v1/GetSequencerRequest.ts';
import type { CheckSequencerRequest as _claviger_v1_CheckSequencerRequest, CheckSequencerRequest__Output as _claviger_v1_CheckSequencerRequest__Output } from '../../claviger/v1/CheckSequencerRequest.ts';
import type { Long } from '@grpc/proto-loader';

export interface Call {
  'callId'?: (number | string | Long);
  'sessionId'?: (number | string | Long);
  'requestNumber'?: (number | string | Long);
  'answeredThrough'?: (number | string | Long);
  'epoch'?: (number | string | Long);
  'createSession'?: (_claviger_v1_CreateSessionRequest | null);
  'keepAlive'?: (_claviger_v1_KeepAliveRequest | null);
  'closeSession'?: (_claviger_v1_CloseSessionRequest | null);
  'open'?: (_claviger_v1_OpenRequest | null);
  'close'?: (_claviger_v1_CloseRequest | null);
  'getContentsAndStat'?: (_claviger_v1_GetContentsAndStatRequest | null);
  'getStat'?: (_claviger_v1_GetStatRequest | null);
  'readDir'?: (_claviger_v1_ReadDirRequest | null);
  'setContents'?: (_claviger_v1_SetContentsRequest | null);
  'delete'?: (_claviger_v1_DeleteRequest | null);
  'acquire'?: (_claviger_v1_AcquireRequest | null);
  'tryAcquire'?: (_claviger_v1_TryAcquireRequest | null);
  'cancelAcquire'?: (_claviger_v1_CancelAcquireRequest | null);
  'release'?: (_claviger_v1_ReleaseRequest | null);
  'getLock'?: (_claviger_v1_GetLockRequest | null);
  'getSequencer'?: (_claviger_v1_GetSequencerRequest | null);
  'checkSequencer'?: (_claviger_v1_CheckSequencerRequest | null);
  'operation'?: "createSession"|"keepAlive"|"closeSession"|"open"|"close"|"getContentsAndStat"|"getStat"|"readDir"|"setContents"|"delete"|"acquire"|"tryAcquire"|"cancelAcquire"|"release"|"getLock"|"getSequencer"|"checkSequencer";
}

export interface Call__Output {
  'callId': (string);
  'sessionId': (string);
  'requestNumber': (string);
  'answeredThrough': (string);
  'epoch': (string);
  'createSession'?: (_claviger_v1_CreateSessionRequest__Output | null);
  'keepAlive'?: (_claviger_v1_KeepAliveRequest__Output | null);
  'closeSession'?: (_claviger_v1_CloseSessionRequest__Output | null);
  'open'?: (_claviger_v1_OpenRequest__Output | null);
  'close'?: (_claviger_v1_CloseRequest__Output | null);
  'getContentsAndStat'?: (_claviger_v1_GetContentsAndStatRequest__Output | null);
  'getStat'?: (_claviger_v1_GetStatRequest__Output | null);
  'readDir'?: (_claviger_v1_ReadDirRequest__Output | null);
  'setContents'?: (_claviger_v1_SetContentsRequest__Output | null);
  'delete'?: (_claviger_v1_DeleteRequest__Output | null);
  'acquire'?: (_claviger_v1_AcquireRequest__Output | null);
  'tryAcquire'?: (_claviger_v1_TryAcquireRequest__Output | null);
  'cancelAcquire'?: (_claviger_v1_CancelAcquireRequest__Output | null);
  'release'?: (_claviger_v1_ReleaseRequest__Output | null);
  'getLock'?: (_claviger_v1_GetLockRequest__Output | null);
  'getSequencer'?: (_claviger_v1_GetSequencerRequest__Output | null);
  'checkSequencer'?: (_claviger_v1_CheckSequencerRequest__Output | null);
  'operation'?: "createSession"|"keepAlive"|"closeSession"|"open"|"close"|"getContentsAndStat"|"getStat"|"readDir"|"setContents"|"delete"|"acquire"|"tryAcquire"|"cancelAcquire"|"release"|"getLock"|"getSequencer"|"checkSequencer";
}
