// Original file: proto/claviger/v1/lock_service.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { AcquireRequest as _claviger_v1_AcquireRequest, AcquireRequest__Output as _claviger_v1_AcquireRequest__Output } from '../../claviger/v1/AcquireRequest.ts';
import type { AcquireResponse as _claviger_v1_AcquireResponse, AcquireResponse__Output as _claviger_v1_AcquireResponse__Output } from '../../claviger/v1/AcquireResponse.ts';
import type { CancelAcquireRequest as _claviger_v1_CancelAcquireRequest, CancelAcquireRequest__Output as _claviger_v1_CancelAcquireRequest__Output } from '../../claviger/v1/CancelAcquireRequest.ts';
import type { CancelAcquireResponse as _claviger_v1_CancelAcquireResponse, CancelAcquireResponse__Output as _claviger_v1_CancelAcquireResponse__Output } from '../../claviger/v1/CancelAcquireResponse.ts';
import type { CheckAccessRequest as _claviger_v1_CheckAccessRequest, CheckAccessRequest__Output as _claviger_v1_CheckAccessRequest__Output } from '../../claviger/v1/CheckAccessRequest.ts';
import type { CheckAccessResponse as _claviger_v1_CheckAccessResponse, CheckAccessResponse__Output as _claviger_v1_CheckAccessResponse__Output } from '../../claviger/v1/CheckAccessResponse.ts';
import type { CheckSequencerRequest as _claviger_v1_CheckSequencerRequest, CheckSequencerRequest__Output as _claviger_v1_CheckSequencerRequest__Output } from '../../claviger/v1/CheckSequencerRequest.ts';
import type { CheckSequencerResponse as _claviger_v1_CheckSequencerResponse, CheckSequencerResponse__Output as _claviger_v1_CheckSequencerResponse__Output } from '../../claviger/v1/CheckSequencerResponse.ts';
import type { ClientMessage as _claviger_v1_ClientMessage, ClientMessage__Output as _claviger_v1_ClientMessage__Output } from '../../claviger/v1/ClientMessage.ts';
import type { CloseRequest as _claviger_v1_CloseRequest, CloseRequest__Output as _claviger_v1_CloseRequest__Output } from '../../claviger/v1/CloseRequest.ts';
import type { CloseResponse as _claviger_v1_CloseResponse, CloseResponse__Output as _claviger_v1_CloseResponse__Output } from '../../claviger/v1/CloseResponse.ts';
import type { CloseSessionRequest as _claviger_v1_CloseSessionRequest, CloseSessionRequest__Output as _claviger_v1_CloseSessionRequest__Output } from '../../claviger/v1/CloseSessionRequest.ts';
import type { CloseSessionResponse as _claviger_v1_CloseSessionResponse, CloseSessionResponse__Output as _claviger_v1_CloseSessionResponse__Output } from '../../claviger/v1/CloseSessionResponse.ts';
import type { CreateSessionRequest as _claviger_v1_CreateSessionRequest, CreateSessionRequest__Output as _claviger_v1_CreateSessionRequest__Output } from '../../claviger/v1/CreateSessionRequest.ts';
import type { CreateSessionResponse as _claviger_v1_CreateSessionResponse, CreateSessionResponse__Output as _claviger_v1_CreateSessionResponse__Output } from '../../claviger/v1/CreateSessionResponse.ts';
import type { DeleteRequest as _claviger_v1_DeleteRequest, DeleteRequest__Output as _claviger_v1_DeleteRequest__Output } from '../../claviger/v1/DeleteRequest.ts';
import type { DeleteResponse as _claviger_v1_DeleteResponse, DeleteResponse__Output as _claviger_v1_DeleteResponse__Output } from '../../claviger/v1/DeleteResponse.ts';
import type { GetContentsAndStatRequest as _claviger_v1_GetContentsAndStatRequest, GetContentsAndStatRequest__Output as _claviger_v1_GetContentsAndStatRequest__Output } from '../../claviger/v1/GetContentsAndStatRequest.ts';
import type { GetContentsAndStatResponse as _claviger_v1_GetContentsAndStatResponse, GetContentsAndStatResponse__Output as _claviger_v1_GetContentsAndStatResponse__Output } from '../../claviger/v1/GetContentsAndStatResponse.ts';
import type { GetLockRequest as _claviger_v1_GetLockRequest, GetLockRequest__Output as _claviger_v1_GetLockRequest__Output } from '../../claviger/v1/GetLockRequest.ts';
import type { GetLockResponse as _claviger_v1_GetLockResponse, GetLockResponse__Output as _claviger_v1_GetLockResponse__Output } from '../../claviger/v1/GetLockResponse.ts';
import type { GetSequencerKeysRequest as _claviger_v1_GetSequencerKeysRequest, GetSequencerKeysRequest__Output as _claviger_v1_GetSequencerKeysRequest__Output } from '../../claviger/v1/GetSequencerKeysRequest.ts';
import type { GetSequencerKeysResponse as _claviger_v1_GetSequencerKeysResponse, GetSequencerKeysResponse__Output as _claviger_v1_GetSequencerKeysResponse__Output } from '../../claviger/v1/GetSequencerKeysResponse.ts';
import type { GetSequencerRequest as _claviger_v1_GetSequencerRequest, GetSequencerRequest__Output as _claviger_v1_GetSequencerRequest__Output } from '../../claviger/v1/GetSequencerRequest.ts';
import type { GetSequencerResponse as _claviger_v1_GetSequencerResponse, GetSequencerResponse__Output as _claviger_v1_GetSequencerResponse__Output } from '../../claviger/v1/GetSequencerResponse.ts';
import type { GetStatRequest as _claviger_v1_GetStatRequest, GetStatRequest__Output as _claviger_v1_GetStatRequest__Output } from '../../claviger/v1/GetStatRequest.ts';
import type { GetStatResponse as _claviger_v1_GetStatResponse, GetStatResponse__Output as _claviger_v1_GetStatResponse__Output } from '../../claviger/v1/GetStatResponse.ts';
import type { KeepAliveRequest as _claviger_v1_KeepAliveRequest, KeepAliveRequest__Output as _claviger_v1_KeepAliveRequest__Output } from '../../claviger/v1/KeepAliveRequest.ts';
import type { KeepAliveResponse as _claviger_v1_KeepAliveResponse, KeepAliveResponse__Output as _claviger_v1_KeepAliveResponse__Output } from '../../claviger/v1/KeepAliveResponse.ts';
import type { ListSessionsRequest as _claviger_v1_ListSessionsRequest, ListSessionsRequest__Output as _claviger_v1_ListSessionsRequest__Output } from '../../claviger/v1/ListSessionsRequest.ts';
import type { ListSessionsResponse as _claviger_v1_ListSessionsResponse, ListSessionsResponse__Output as _claviger_v1_ListSessionsResponse__Output } from '../../claviger/v1/ListSessionsResponse.ts';
import type { OpenRequest as _claviger_v1_OpenRequest, OpenRequest__Output as _claviger_v1_OpenRequest__Output } from '../../claviger/v1/OpenRequest.ts';
import type { OpenResponse as _claviger_v1_OpenResponse, OpenResponse__Output as _claviger_v1_OpenResponse__Output } from '../../claviger/v1/OpenResponse.ts';
import type { ReadDirRequest as _claviger_v1_ReadDirRequest, ReadDirRequest__Output as _claviger_v1_ReadDirRequest__Output } from '../../claviger/v1/ReadDirRequest.ts';
import type { ReadDirResponse as _claviger_v1_ReadDirResponse, ReadDirResponse__Output as _claviger_v1_ReadDirResponse__Output } from '../../claviger/v1/ReadDirResponse.ts';
import type { ReleaseRequest as _claviger_v1_ReleaseRequest, ReleaseRequest__Output as _claviger_v1_ReleaseRequest__Output } from '../../claviger/v1/ReleaseRequest.ts';
import type { ReleaseResponse as _claviger_v1_ReleaseResponse, ReleaseResponse__Output as _claviger_v1_ReleaseResponse__Output } from '../../claviger/v1/ReleaseResponse.ts';
import type { ResumeRequest as _claviger_v1_ResumeRequest, ResumeRequest__Output as _claviger_v1_ResumeRequest__Output } from '../../claviger/v1/ResumeRequest.ts';
import type { ResumeResponse as _claviger_v1_ResumeResponse, ResumeResponse__Output as _claviger_v1_ResumeResponse__Output } from '../../claviger/v1/ResumeResponse.ts';
import type { RotateSigningKeysRequest as _claviger_v1_RotateSigningKeysRequest, RotateSigningKeysRequest__Output as _claviger_v1_RotateSigningKeysRequest__Output } from '../../claviger/v1/RotateSigningKeysRequest.ts';
import type { RotateSigningKeysResponse as _claviger_v1_RotateSigningKeysResponse, RotateSigningKeysResponse__Output as _claviger_v1_RotateSigningKeysResponse__Output } from '../../claviger/v1/RotateSigningKeysResponse.ts';
import type { ServerMessage as _claviger_v1_ServerMessage, ServerMessage__Output as _claviger_v1_ServerMessage__Output } from '../../claviger/v1/ServerMessage.ts';
import type { SetAclRequest as _claviger_v1_SetAclRequest, SetAclRequest__Output as _claviger_v1_SetAclRequest__Output } from '../../claviger/v1/SetAclRequest.ts';
import type { SetAclResponse as _claviger_v1_SetAclResponse, SetAclResponse__Output as _claviger_v1_SetAclResponse__Output } from '../../claviger/v1/SetAclResponse.ts';
import type { SetContentsRequest as _claviger_v1_SetContentsRequest, SetContentsRequest__Output as _claviger_v1_SetContentsRequest__Output } from '../../claviger/v1/SetContentsRequest.ts';
import type { SetContentsResponse as _claviger_v1_SetContentsResponse, SetContentsResponse__Output as _claviger_v1_SetContentsResponse__Output } from '../../claviger/v1/SetContentsResponse.ts';
import type { SubscribeRequest as _claviger_v1_SubscribeRequest, SubscribeRequest__Output as _claviger_v1_SubscribeRequest__Output } from '../../claviger/v1/SubscribeRequest.ts';
import type { SubscribeResponse as _claviger_v1_SubscribeResponse, SubscribeResponse__Output as _claviger_v1_SubscribeResponse__Output } from '../../claviger/v1/SubscribeResponse.ts';
import type { TransactRequest as _claviger_v1_TransactRequest, TransactRequest__Output as _claviger_v1_TransactRequest__Output } from '../../claviger/v1/TransactRequest.ts';
import type { TransactResponse as _claviger_v1_TransactResponse, TransactResponse__Output as _claviger_v1_TransactResponse__Output } from '../../claviger/v1/TransactResponse.ts';
import type { TryAcquireRequest as _claviger_v1_TryAcquireRequest, TryAcquireRequest__Output as _claviger_v1_TryAcquireRequest__Output } from '../../claviger/v1/TryAcquireRequest.ts';
import type { TryAcquireResponse as _claviger_v1_TryAcquireResponse, TryAcquireResponse__Output as _claviger_v1_TryAcquireResponse__Output } from '../../claviger/v1/TryAcquireResponse.ts';
import type { UnsubscribeRequest as _claviger_v1_UnsubscribeRequest, UnsubscribeRequest__Output as _claviger_v1_UnsubscribeRequest__Output } from '../../claviger/v1/UnsubscribeRequest.ts';
import type { UnsubscribeResponse as _claviger_v1_UnsubscribeResponse, UnsubscribeResponse__Output as _claviger_v1_UnsubscribeResponse__Output } from '../../claviger/v1/UnsubscribeResponse.ts';

export interface LockServiceClient extends grpc.Client {
  Acquire(argument: _claviger_v1_AcquireRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_AcquireResponse__Output>): grpc.ClientUnaryCall;
  Acquire(argument: _claviger_v1_AcquireRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_claviger_v1_AcquireResponse__Output>): grpc.ClientUnaryCall;
  Acquire(argument: _claviger_v1_AcquireRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_AcquireResponse__Output>): grpc.ClientUnaryCall;
  Acquire(argument: _claviger_v1_AcquireRequest, callback: grpc.requestCallback<_claviger_v1_AcquireResponse__Output>): grpc.ClientUnaryCall;
  acquire(argument: _claviger_v1_AcquireRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_AcquireResponse__Output>): grpc.ClientUnaryCall;
  acquire(argument: _claviger_v1_AcquireRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_claviger_v1_AcquireResponse__Output>): grpc.ClientUnaryCall;
  acquire(argument: _claviger_v1_AcquireRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_AcquireResponse__Output>): grpc.ClientUnaryCall;
  acquire(argument: _claviger_v1_AcquireRequest, callback: grpc.requestCallback<_claviger_v1_AcquireResponse__Output>): grpc.ClientUnaryCall;
  
  CancelAcquire(argument: _claviger_v1_CancelAcquireRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_CancelAcquireResponse__Output>): grpc.ClientUnaryCall;
  CancelAcquire(argument: _claviger_v1_CancelAcquireRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_claviger_v1_CancelAcquireResponse__Output>): grpc.ClientUnaryCall;
  CancelAcquire(argument: _claviger_v1_CancelAcquireRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_CancelAcquireResponse__Output>): grpc.ClientUnaryCall;
  CancelAcquire(argument: _claviger_v1_CancelAcquireRequest, callback: grpc.requestCallback<_claviger_v1_CancelAcquireResponse__Output>): grpc.ClientUnaryCall;
  cancelAcquire(argument: _claviger_v1_CancelAcquireRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_CancelAcquireResponse__Output>): grpc.ClientUnaryCall;
  cancelAcquire(argument: _claviger_v1_CancelAcquireRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_claviger_v1_CancelAcquireResponse__Output>): grpc.ClientUnaryCall;
  cancelAcquire(argument: _claviger_v1_CancelAcquireRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_CancelAcquireResponse__Output>): grpc.ClientUnaryCall;
  cancelAcquire(argument: _claviger_v1_CancelAcquireRequest, callback: grpc.requestCallback<_claviger_v1_CancelAcquireResponse__Output>): grpc.ClientUnaryCall;
  
  CheckAccess(argument: _claviger_v1_CheckAccessRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_CheckAccessResponse__Output>): grpc.ClientUnaryCall;
  CheckAccess(argument: _claviger_v1_CheckAccessRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_claviger_v1_CheckAccessResponse__Output>): grpc.ClientUnaryCall;
  CheckAccess(argument: _claviger_v1_CheckAccessRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_CheckAccessResponse__Output>): grpc.ClientUnaryCall;
  CheckAccess(argument: _claviger_v1_CheckAccessRequest, callback: grpc.requestCallback<_claviger_v1_CheckAccessResponse__Output>): grpc.ClientUnaryCall;
  checkAccess(argument: _claviger_v1_CheckAccessRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_CheckAccessResponse__Output>): grpc.ClientUnaryCall;
  checkAccess(argument: _claviger_v1_CheckAccessRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_claviger_v1_CheckAccessResponse__Output>): grpc.ClientUnaryCall;
  checkAccess(argument: _claviger_v1_CheckAccessRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_CheckAccessResponse__Output>): grpc.ClientUnaryCall;
  checkAccess(argument: _claviger_v1_CheckAccessRequest, callback: grpc.requestCallback<_claviger_v1_CheckAccessResponse__Output>): grpc.ClientUnaryCall;
  
  CheckSequencer(argument: _claviger_v1_CheckSequencerRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_CheckSequencerResponse__Output>): grpc.ClientUnaryCall;
  CheckSequencer(argument: _claviger_v1_CheckSequencerRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_claviger_v1_CheckSequencerResponse__Output>): grpc.ClientUnaryCall;
  CheckSequencer(argument: _claviger_v1_CheckSequencerRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_CheckSequencerResponse__Output>): grpc.ClientUnaryCall;
  CheckSequencer(argument: _claviger_v1_CheckSequencerRequest, callback: grpc.requestCallback<_claviger_v1_CheckSequencerResponse__Output>): grpc.ClientUnaryCall;
  checkSequencer(argument: _claviger_v1_CheckSequencerRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_CheckSequencerResponse__Output>): grpc.ClientUnaryCall;
  checkSequencer(argument: _claviger_v1_CheckSequencerRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_claviger_v1_CheckSequencerResponse__Output>): grpc.ClientUnaryCall;
  checkSequencer(argument: _claviger_v1_CheckSequencerRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_CheckSequencerResponse__Output>): grpc.ClientUnaryCall;
  checkSequencer(argument: _claviger_v1_CheckSequencerRequest, callback: grpc.requestCallback<_claviger_v1_CheckSequencerResponse__Output>): grpc.ClientUnaryCall;
  
  Close(argument: _claviger_v1_CloseRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_CloseResponse__Output>): grpc.ClientUnaryCall;
  Close(argument: _claviger_v1_CloseRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_claviger_v1_CloseResponse__Output>): grpc.ClientUnaryCall;
  Close(argument: _claviger_v1_CloseRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_CloseResponse__Output>): grpc.ClientUnaryCall;
  Close(argument: _claviger_v1_CloseRequest, callback: grpc.requestCallback<_claviger_v1_CloseResponse__Output>): grpc.ClientUnaryCall;
  
  CloseSession(argument: _claviger_v1_CloseSessionRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_CloseSessionResponse__Output>): grpc.ClientUnaryCall;
  CloseSession(argument: _claviger_v1_CloseSessionRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_claviger_v1_CloseSessionResponse__Output>): grpc.ClientUnaryCall;
  CloseSession(argument: _claviger_v1_CloseSessionRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_CloseSessionResponse__Output>): grpc.ClientUnaryCall;
  CloseSession(argument: _claviger_v1_CloseSessionRequest, callback: grpc.requestCallback<_claviger_v1_CloseSessionResponse__Output>): grpc.ClientUnaryCall;
  closeSession(argument: _claviger_v1_CloseSessionRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_CloseSessionResponse__Output>): grpc.ClientUnaryCall;
  closeSession(argument: _claviger_v1_CloseSessionRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_claviger_v1_CloseSessionResponse__Output>): grpc.ClientUnaryCall;
  closeSession(argument: _claviger_v1_CloseSessionRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_CloseSessionResponse__Output>): grpc.ClientUnaryCall;
  closeSession(argument: _claviger_v1_CloseSessionRequest, callback: grpc.requestCallback<_claviger_v1_CloseSessionResponse__Output>): grpc.ClientUnaryCall;
  
  Connect(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_claviger_v1_ClientMessage, _claviger_v1_ServerMessage__Output>;
  Connect(options?: grpc.CallOptions): grpc.ClientDuplexStream<_claviger_v1_ClientMessage, _claviger_v1_ServerMessage__Output>;
  connect(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_claviger_v1_ClientMessage, _claviger_v1_ServerMessage__Output>;
  connect(options?: grpc.CallOptions): grpc.ClientDuplexStream<_claviger_v1_ClientMessage, _claviger_v1_ServerMessage__Output>;
  
  CreateSession(argument: _claviger_v1_CreateSessionRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_CreateSessionResponse__Output>): grpc.ClientUnaryCall;
  CreateSession(argument: _claviger_v1_CreateSessionRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_claviger_v1_CreateSessionResponse__Output>): grpc.ClientUnaryCall;
  CreateSession(argument: _claviger_v1_CreateSessionRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_CreateSessionResponse__Output>): grpc.ClientUnaryCall;
  CreateSession(argument: _claviger_v1_CreateSessionRequest, callback: grpc.requestCallback<_claviger_v1_CreateSessionResponse__Output>): grpc.ClientUnaryCall;
  createSession(argument: _claviger_v1_CreateSessionRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_CreateSessionResponse__Output>): grpc.ClientUnaryCall;
  createSession(argument: _claviger_v1_CreateSessionRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_claviger_v1_CreateSessionResponse__Output>): grpc.ClientUnaryCall;
  createSession(argument: _claviger_v1_CreateSessionRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_CreateSessionResponse__Output>): grpc.ClientUnaryCall;
  createSession(argument: _claviger_v1_CreateSessionRequest, callback: grpc.requestCallback<_claviger_v1_CreateSessionResponse__Output>): grpc.ClientUnaryCall;
  
  Delete(argument: _claviger_v1_DeleteRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_DeleteResponse__Output>): grpc.ClientUnaryCall;
  Delete(argument: _claviger_v1_DeleteRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_claviger_v1_DeleteResponse__Output>): grpc.ClientUnaryCall;
  Delete(argument: _claviger_v1_DeleteRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_DeleteResponse__Output>): grpc.ClientUnaryCall;
  Delete(argument: _claviger_v1_DeleteRequest, callback: grpc.requestCallback<_claviger_v1_DeleteResponse__Output>): grpc.ClientUnaryCall;
  delete(argument: _claviger_v1_DeleteRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_DeleteResponse__Output>): grpc.ClientUnaryCall;
  delete(argument: _claviger_v1_DeleteRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_claviger_v1_DeleteResponse__Output>): grpc.ClientUnaryCall;
  delete(argument: _claviger_v1_DeleteRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_DeleteResponse__Output>): grpc.ClientUnaryCall;
  delete(argument: _claviger_v1_DeleteRequest, callback: grpc.requestCallback<_claviger_v1_DeleteResponse__Output>): grpc.ClientUnaryCall;
  
  GetContentsAndStat(argument: _claviger_v1_GetContentsAndStatRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_GetContentsAndStatResponse__Output>): grpc.ClientUnaryCall;
  GetContentsAndStat(argument: _claviger_v1_GetContentsAndStatRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_claviger_v1_GetContentsAndStatResponse__Output>): grpc.ClientUnaryCall;
  GetContentsAndStat(argument: _claviger_v1_GetContentsAndStatRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_GetContentsAndStatResponse__Output>): grpc.ClientUnaryCall;
  GetContentsAndStat(argument: _claviger_v1_GetContentsAndStatRequest, callback: grpc.requestCallback<_claviger_v1_GetContentsAndStatResponse__Output>): grpc.ClientUnaryCall;
  getContentsAndStat(argument: _claviger_v1_GetContentsAndStatRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_GetContentsAndStatResponse__Output>): grpc.ClientUnaryCall;
  getContentsAndStat(argument: _claviger_v1_GetContentsAndStatRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_claviger_v1_GetContentsAndStatResponse__Output>): grpc.ClientUnaryCall;
  getContentsAndStat(argument: _claviger_v1_GetContentsAndStatRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_GetContentsAndStatResponse__Output>): grpc.ClientUnaryCall;
  getContentsAndStat(argument: _claviger_v1_GetContentsAndStatRequest, callback: grpc.requestCallback<_claviger_v1_GetContentsAndStatResponse__Output>): grpc.ClientUnaryCall;
  
  GetLock(argument: _claviger_v1_GetLockRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_GetLockResponse__Output>): grpc.ClientUnaryCall;
  GetLock(argument: _claviger_v1_GetLockRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_claviger_v1_GetLockResponse__Output>): grpc.ClientUnaryCall;
  GetLock(argument: _claviger_v1_GetLockRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_GetLockResponse__Output>): grpc.ClientUnaryCall;
  GetLock(argument: _claviger_v1_GetLockRequest, callback: grpc.requestCallback<_claviger_v1_GetLockResponse__Output>): grpc.ClientUnaryCall;
  getLock(argument: _claviger_v1_GetLockRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_GetLockResponse__Output>): grpc.ClientUnaryCall;
  getLock(argument: _claviger_v1_GetLockRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_claviger_v1_GetLockResponse__Output>): grpc.ClientUnaryCall;
  getLock(argument: _claviger_v1_GetLockRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_GetLockResponse__Output>): grpc.ClientUnaryCall;
  getLock(argument: _claviger_v1_GetLockRequest, callback: grpc.requestCallback<_claviger_v1_GetLockResponse__Output>): grpc.ClientUnaryCall;
  
  GetSequencer(argument: _claviger_v1_GetSequencerRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_GetSequencerResponse__Output>): grpc.ClientUnaryCall;
  GetSequencer(argument: _claviger_v1_GetSequencerRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_claviger_v1_GetSequencerResponse__Output>): grpc.ClientUnaryCall;
  GetSequencer(argument: _claviger_v1_GetSequencerRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_GetSequencerResponse__Output>): grpc.ClientUnaryCall;
  GetSequencer(argument: _claviger_v1_GetSequencerRequest, callback: grpc.requestCallback<_claviger_v1_GetSequencerResponse__Output>): grpc.ClientUnaryCall;
  getSequencer(argument: _claviger_v1_GetSequencerRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_GetSequencerResponse__Output>): grpc.ClientUnaryCall;
  getSequencer(argument: _claviger_v1_GetSequencerRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_claviger_v1_GetSequencerResponse__Output>): grpc.ClientUnaryCall;
  getSequencer(argument: _claviger_v1_GetSequencerRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_GetSequencerResponse__Output>): grpc.ClientUnaryCall;
  getSequencer(argument: _claviger_v1_GetSequencerRequest, callback: grpc.requestCallback<_claviger_v1_GetSequencerResponse__Output>): grpc.ClientUnaryCall;
  
  GetSequencerKeys(argument: _claviger_v1_GetSequencerKeysRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_GetSequencerKeysResponse__Output>): grpc.ClientUnaryCall;
  GetSequencerKeys(argument: _claviger_v1_GetSequencerKeysRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_claviger_v1_GetSequencerKeysResponse__Output>): grpc.ClientUnaryCall;
  GetSequencerKeys(argument: _claviger_v1_GetSequencerKeysRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_GetSequencerKeysResponse__Output>): grpc.ClientUnaryCall;
  GetSequencerKeys(argument: _claviger_v1_GetSequencerKeysRequest, callback: grpc.requestCallback<_claviger_v1_GetSequencerKeysResponse__Output>): grpc.ClientUnaryCall;
  getSequencerKeys(argument: _claviger_v1_GetSequencerKeysRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_GetSequencerKeysResponse__Output>): grpc.ClientUnaryCall;
  getSequencerKeys(argument: _claviger_v1_GetSequencerKeysRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_claviger_v1_GetSequencerKeysResponse__Output>): grpc.ClientUnaryCall;
  getSequencerKeys(argument: _claviger_v1_GetSequencerKeysRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_GetSequencerKeysResponse__Output>): grpc.ClientUnaryCall;
  getSequencerKeys(argument: _claviger_v1_GetSequencerKeysRequest, callback: grpc.requestCallback<_claviger_v1_GetSequencerKeysResponse__Output>): grpc.ClientUnaryCall;
  
  GetStat(argument: _claviger_v1_GetStatRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_GetStatResponse__Output>): grpc.ClientUnaryCall;
  GetStat(argument: _claviger_v1_GetStatRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_claviger_v1_GetStatResponse__Output>): grpc.ClientUnaryCall;
  GetStat(argument: _claviger_v1_GetStatRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_GetStatResponse__Output>): grpc.ClientUnaryCall;
  GetStat(argument: _claviger_v1_GetStatRequest, callback: grpc.requestCallback<_claviger_v1_GetStatResponse__Output>): grpc.ClientUnaryCall;
  getStat(argument: _claviger_v1_GetStatRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_GetStatResponse__Output>): grpc.ClientUnaryCall;
  getStat(argument: _claviger_v1_GetStatRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_claviger_v1_GetStatResponse__Output>): grpc.ClientUnaryCall;
  getStat(argument: _claviger_v1_GetStatRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_GetStatResponse__Output>): grpc.ClientUnaryCall;
  getStat(argument: _claviger_v1_GetStatRequest, callback: grpc.requestCallback<_claviger_v1_GetStatResponse__Output>): grpc.ClientUnaryCall;
  
  KeepAlive(argument: _claviger_v1_KeepAliveRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_KeepAliveResponse__Output>): grpc.ClientUnaryCall;
  KeepAlive(argument: _claviger_v1_KeepAliveRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_claviger_v1_KeepAliveResponse__Output>): grpc.ClientUnaryCall;
  KeepAlive(argument: _claviger_v1_KeepAliveRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_KeepAliveResponse__Output>): grpc.ClientUnaryCall;
  KeepAlive(argument: _claviger_v1_KeepAliveRequest, callback: grpc.requestCallback<_claviger_v1_KeepAliveResponse__Output>): grpc.ClientUnaryCall;
  keepAlive(argument: _claviger_v1_KeepAliveRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_KeepAliveResponse__Output>): grpc.ClientUnaryCall;
  keepAlive(argument: _claviger_v1_KeepAliveRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_claviger_v1_KeepAliveResponse__Output>): grpc.ClientUnaryCall;
  keepAlive(argument: _claviger_v1_KeepAliveRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_KeepAliveResponse__Output>): grpc.ClientUnaryCall;
  keepAlive(argument: _claviger_v1_KeepAliveRequest, callback: grpc.requestCallback<_claviger_v1_KeepAliveResponse__Output>): grpc.ClientUnaryCall;
  
  ListSessions(argument: _claviger_v1_ListSessionsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_ListSessionsResponse__Output>): grpc.ClientUnaryCall;
  ListSessions(argument: _claviger_v1_ListSessionsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_claviger_v1_ListSessionsResponse__Output>): grpc.ClientUnaryCall;
  ListSessions(argument: _claviger_v1_ListSessionsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_ListSessionsResponse__Output>): grpc.ClientUnaryCall;
  ListSessions(argument: _claviger_v1_ListSessionsRequest, callback: grpc.requestCallback<_claviger_v1_ListSessionsResponse__Output>): grpc.ClientUnaryCall;
  listSessions(argument: _claviger_v1_ListSessionsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_ListSessionsResponse__Output>): grpc.ClientUnaryCall;
  listSessions(argument: _claviger_v1_ListSessionsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_claviger_v1_ListSessionsResponse__Output>): grpc.ClientUnaryCall;
  listSessions(argument: _claviger_v1_ListSessionsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_ListSessionsResponse__Output>): grpc.ClientUnaryCall;
  listSessions(argument: _claviger_v1_ListSessionsRequest, callback: grpc.requestCallback<_claviger_v1_ListSessionsResponse__Output>): grpc.ClientUnaryCall;
  
  Open(argument: _claviger_v1_OpenRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_OpenResponse__Output>): grpc.ClientUnaryCall;
  Open(argument: _claviger_v1_OpenRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_claviger_v1_OpenResponse__Output>): grpc.ClientUnaryCall;
  Open(argument: _claviger_v1_OpenRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_OpenResponse__Output>): grpc.ClientUnaryCall;
  Open(argument: _claviger_v1_OpenRequest, callback: grpc.requestCallback<_claviger_v1_OpenResponse__Output>): grpc.ClientUnaryCall;
  open(argument: _claviger_v1_OpenRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_OpenResponse__Output>): grpc.ClientUnaryCall;
  open(argument: _claviger_v1_OpenRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_claviger_v1_OpenResponse__Output>): grpc.ClientUnaryCall;
  open(argument: _claviger_v1_OpenRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_OpenResponse__Output>): grpc.ClientUnaryCall;
  open(argument: _claviger_v1_OpenRequest, callback: grpc.requestCallback<_claviger_v1_OpenResponse__Output>): grpc.ClientUnaryCall;
  
  ReadDir(argument: _claviger_v1_ReadDirRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_ReadDirResponse__Output>): grpc.ClientUnaryCall;
  ReadDir(argument: _claviger_v1_ReadDirRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_claviger_v1_ReadDirResponse__Output>): grpc.ClientUnaryCall;
  ReadDir(argument: _claviger_v1_ReadDirRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_ReadDirResponse__Output>): grpc.ClientUnaryCall;
  ReadDir(argument: _claviger_v1_ReadDirRequest, callback: grpc.requestCallback<_claviger_v1_ReadDirResponse__Output>): grpc.ClientUnaryCall;
  readDir(argument: _claviger_v1_ReadDirRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_ReadDirResponse__Output>): grpc.ClientUnaryCall;
  readDir(argument: _claviger_v1_ReadDirRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_claviger_v1_ReadDirResponse__Output>): grpc.ClientUnaryCall;
  readDir(argument: _claviger_v1_ReadDirRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_ReadDirResponse__Output>): grpc.ClientUnaryCall;
  readDir(argument: _claviger_v1_ReadDirRequest, callback: grpc.requestCallback<_claviger_v1_ReadDirResponse__Output>): grpc.ClientUnaryCall;
  
  Release(argument: _claviger_v1_ReleaseRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_ReleaseResponse__Output>): grpc.ClientUnaryCall;
  Release(argument: _claviger_v1_ReleaseRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_claviger_v1_ReleaseResponse__Output>): grpc.ClientUnaryCall;
  Release(argument: _claviger_v1_ReleaseRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_ReleaseResponse__Output>): grpc.ClientUnaryCall;
  Release(argument: _claviger_v1_ReleaseRequest, callback: grpc.requestCallback<_claviger_v1_ReleaseResponse__Output>): grpc.ClientUnaryCall;
  release(argument: _claviger_v1_ReleaseRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_ReleaseResponse__Output>): grpc.ClientUnaryCall;
  release(argument: _claviger_v1_ReleaseRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_claviger_v1_ReleaseResponse__Output>): grpc.ClientUnaryCall;
  release(argument: _claviger_v1_ReleaseRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_ReleaseResponse__Output>): grpc.ClientUnaryCall;
  release(argument: _claviger_v1_ReleaseRequest, callback: grpc.requestCallback<_claviger_v1_ReleaseResponse__Output>): grpc.ClientUnaryCall;
  
  Resume(argument: _claviger_v1_ResumeRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_ResumeResponse__Output>): grpc.ClientUnaryCall;
  Resume(argument: _claviger_v1_ResumeRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_claviger_v1_ResumeResponse__Output>): grpc.ClientUnaryCall;
  Resume(argument: _claviger_v1_ResumeRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_ResumeResponse__Output>): grpc.ClientUnaryCall;
  Resume(argument: _claviger_v1_ResumeRequest, callback: grpc.requestCallback<_claviger_v1_ResumeResponse__Output>): grpc.ClientUnaryCall;
  resume(argument: _claviger_v1_ResumeRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_ResumeResponse__Output>): grpc.ClientUnaryCall;
  resume(argument: _claviger_v1_ResumeRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_claviger_v1_ResumeResponse__Output>): grpc.ClientUnaryCall;
  resume(argument: _claviger_v1_ResumeRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_ResumeResponse__Output>): grpc.ClientUnaryCall;
  resume(argument: _claviger_v1_ResumeRequest, callback: grpc.requestCallback<_claviger_v1_ResumeResponse__Output>): grpc.ClientUnaryCall;
  
  RotateSigningKeys(argument: _claviger_v1_RotateSigningKeysRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_RotateSigningKeysResponse__Output>): grpc.ClientUnaryCall;
  RotateSigningKeys(argument: _claviger_v1_RotateSigningKeysRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_claviger_v1_RotateSigningKeysResponse__Output>): grpc.ClientUnaryCall;
  RotateSigningKeys(argument: _claviger_v1_RotateSigningKeysRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_RotateSigningKeysResponse__Output>): grpc.ClientUnaryCall;
  RotateSigningKeys(argument: _claviger_v1_RotateSigningKeysRequest, callback: grpc.requestCallback<_claviger_v1_RotateSigningKeysResponse__Output>): grpc.ClientUnaryCall;
  rotateSigningKeys(argument: _claviger_v1_RotateSigningKeysRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_RotateSigningKeysResponse__Output>): grpc.ClientUnaryCall;
  rotateSigningKeys(argument: _claviger_v1_RotateSigningKeysRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_claviger_v1_RotateSigningKeysResponse__Output>): grpc.ClientUnaryCall;
  rotateSigningKeys(argument: _claviger_v1_RotateSigningKeysRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_RotateSigningKeysResponse__Output>): grpc.ClientUnaryCall;
  rotateSigningKeys(argument: _claviger_v1_RotateSigningKeysRequest, callback: grpc.requestCallback<_claviger_v1_RotateSigningKeysResponse__Output>): grpc.ClientUnaryCall;
  
  SetAcl(argument: _claviger_v1_SetAclRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_SetAclResponse__Output>): grpc.ClientUnaryCall;
  SetAcl(argument: _claviger_v1_SetAclRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_claviger_v1_SetAclResponse__Output>): grpc.ClientUnaryCall;
  SetAcl(argument: _claviger_v1_SetAclRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_SetAclResponse__Output>): grpc.ClientUnaryCall;
  SetAcl(argument: _claviger_v1_SetAclRequest, callback: grpc.requestCallback<_claviger_v1_SetAclResponse__Output>): grpc.ClientUnaryCall;
  setAcl(argument: _claviger_v1_SetAclRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_SetAclResponse__Output>): grpc.ClientUnaryCall;
  setAcl(argument: _claviger_v1_SetAclRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_claviger_v1_SetAclResponse__Output>): grpc.ClientUnaryCall;
  setAcl(argument: _claviger_v1_SetAclRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_SetAclResponse__Output>): grpc.ClientUnaryCall;
  setAcl(argument: _claviger_v1_SetAclRequest, callback: grpc.requestCallback<_claviger_v1_SetAclResponse__Output>): grpc.ClientUnaryCall;
  
  SetContents(argument: _claviger_v1_SetContentsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_SetContentsResponse__Output>): grpc.ClientUnaryCall;
  SetContents(argument: _claviger_v1_SetContentsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_claviger_v1_SetContentsResponse__Output>): grpc.ClientUnaryCall;
  SetContents(argument: _claviger_v1_SetContentsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_SetContentsResponse__Output>): grpc.ClientUnaryCall;
  SetContents(argument: _claviger_v1_SetContentsRequest, callback: grpc.requestCallback<_claviger_v1_SetContentsResponse__Output>): grpc.ClientUnaryCall;
  setContents(argument: _claviger_v1_SetContentsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_SetContentsResponse__Output>): grpc.ClientUnaryCall;
  setContents(argument: _claviger_v1_SetContentsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_claviger_v1_SetContentsResponse__Output>): grpc.ClientUnaryCall;
  setContents(argument: _claviger_v1_SetContentsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_SetContentsResponse__Output>): grpc.ClientUnaryCall;
  setContents(argument: _claviger_v1_SetContentsRequest, callback: grpc.requestCallback<_claviger_v1_SetContentsResponse__Output>): grpc.ClientUnaryCall;
  
  Subscribe(argument: _claviger_v1_SubscribeRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_SubscribeResponse__Output>): grpc.ClientUnaryCall;
  Subscribe(argument: _claviger_v1_SubscribeRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_claviger_v1_SubscribeResponse__Output>): grpc.ClientUnaryCall;
  Subscribe(argument: _claviger_v1_SubscribeRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_SubscribeResponse__Output>): grpc.ClientUnaryCall;
  Subscribe(argument: _claviger_v1_SubscribeRequest, callback: grpc.requestCallback<_claviger_v1_SubscribeResponse__Output>): grpc.ClientUnaryCall;
  subscribe(argument: _claviger_v1_SubscribeRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_SubscribeResponse__Output>): grpc.ClientUnaryCall;
  subscribe(argument: _claviger_v1_SubscribeRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_claviger_v1_SubscribeResponse__Output>): grpc.ClientUnaryCall;
  subscribe(argument: _claviger_v1_SubscribeRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_SubscribeResponse__Output>): grpc.ClientUnaryCall;
  subscribe(argument: _claviger_v1_SubscribeRequest, callback: grpc.requestCallback<_claviger_v1_SubscribeResponse__Output>): grpc.ClientUnaryCall;
  
  Transact(argument: _claviger_v1_TransactRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_TransactResponse__Output>): grpc.ClientUnaryCall;
  Transact(argument: _claviger_v1_TransactRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_claviger_v1_TransactResponse__Output>): grpc.ClientUnaryCall;
  Transact(argument: _claviger_v1_TransactRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_TransactResponse__Output>): grpc.ClientUnaryCall;
  Transact(argument: _claviger_v1_TransactRequest, callback: grpc.requestCallback<_claviger_v1_TransactResponse__Output>): grpc.ClientUnaryCall;
  transact(argument: _claviger_v1_TransactRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_TransactResponse__Output>): grpc.ClientUnaryCall;
  transact(argument: _claviger_v1_TransactRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_claviger_v1_TransactResponse__Output>): grpc.ClientUnaryCall;
  transact(argument: _claviger_v1_TransactRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_TransactResponse__Output>): grpc.ClientUnaryCall;
  transact(argument: _claviger_v1_TransactRequest, callback: grpc.requestCallback<_claviger_v1_TransactResponse__Output>): grpc.ClientUnaryCall;
  
  TryAcquire(argument: _claviger_v1_TryAcquireRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_TryAcquireResponse__Output>): grpc.ClientUnaryCall;
  TryAcquire(argument: _claviger_v1_TryAcquireRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_claviger_v1_TryAcquireResponse__Output>): grpc.ClientUnaryCall;
  TryAcquire(argument: _claviger_v1_TryAcquireRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_TryAcquireResponse__Output>): grpc.ClientUnaryCall;
  TryAcquire(argument: _claviger_v1_TryAcquireRequest, callback: grpc.requestCallback<_claviger_v1_TryAcquireResponse__Output>): grpc.ClientUnaryCall;
  tryAcquire(argument: _claviger_v1_TryAcquireRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_TryAcquireResponse__Output>): grpc.ClientUnaryCall;
  tryAcquire(argument: _claviger_v1_TryAcquireRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_claviger_v1_TryAcquireResponse__Output>): grpc.ClientUnaryCall;
  tryAcquire(argument: _claviger_v1_TryAcquireRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_TryAcquireResponse__Output>): grpc.ClientUnaryCall;
  tryAcquire(argument: _claviger_v1_TryAcquireRequest, callback: grpc.requestCallback<_claviger_v1_TryAcquireResponse__Output>): grpc.ClientUnaryCall;
  
  Unsubscribe(argument: _claviger_v1_UnsubscribeRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_UnsubscribeResponse__Output>): grpc.ClientUnaryCall;
  Unsubscribe(argument: _claviger_v1_UnsubscribeRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_claviger_v1_UnsubscribeResponse__Output>): grpc.ClientUnaryCall;
  Unsubscribe(argument: _claviger_v1_UnsubscribeRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_UnsubscribeResponse__Output>): grpc.ClientUnaryCall;
  Unsubscribe(argument: _claviger_v1_UnsubscribeRequest, callback: grpc.requestCallback<_claviger_v1_UnsubscribeResponse__Output>): grpc.ClientUnaryCall;
  unsubscribe(argument: _claviger_v1_UnsubscribeRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_UnsubscribeResponse__Output>): grpc.ClientUnaryCall;
  unsubscribe(argument: _claviger_v1_UnsubscribeRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_claviger_v1_UnsubscribeResponse__Output>): grpc.ClientUnaryCall;
  unsubscribe(argument: _claviger_v1_UnsubscribeRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_v1_UnsubscribeResponse__Output>): grpc.ClientUnaryCall;
  unsubscribe(argument: _claviger_v1_UnsubscribeRequest, callback: grpc.requestCallback<_claviger_v1_UnsubscribeResponse__Output>): grpc.ClientUnaryCall;
  
}

export interface LockServiceHandlers extends grpc.UntypedServiceImplementation {
  Acquire: grpc.handleUnaryCall<_claviger_v1_AcquireRequest__Output, _claviger_v1_AcquireResponse>;
  
  CancelAcquire: grpc.handleUnaryCall<_claviger_v1_CancelAcquireRequest__Output, _claviger_v1_CancelAcquireResponse>;
  
  CheckAccess: grpc.handleUnaryCall<_claviger_v1_CheckAccessRequest__Output, _claviger_v1_CheckAccessResponse>;
  
  CheckSequencer: grpc.handleUnaryCall<_claviger_v1_CheckSequencerRequest__Output, _claviger_v1_CheckSequencerResponse>;
  
  Close: grpc.handleUnaryCall<_claviger_v1_CloseRequest__Output, _claviger_v1_CloseResponse>;
  
  CloseSession: grpc.handleUnaryCall<_claviger_v1_CloseSessionRequest__Output, _claviger_v1_CloseSessionResponse>;
  
  Connect: grpc.handleBidiStreamingCall<_claviger_v1_ClientMessage__Output, _claviger_v1_ServerMessage>;
  
  CreateSession: grpc.handleUnaryCall<_claviger_v1_CreateSessionRequest__Output, _claviger_v1_CreateSessionResponse>;
  
  Delete: grpc.handleUnaryCall<_claviger_v1_DeleteRequest__Output, _claviger_v1_DeleteResponse>;
  
  GetContentsAndStat: grpc.handleUnaryCall<_claviger_v1_GetContentsAndStatRequest__Output, _claviger_v1_GetContentsAndStatResponse>;
  
  GetLock: grpc.handleUnaryCall<_claviger_v1_GetLockRequest__Output, _claviger_v1_GetLockResponse>;
  
  GetSequencer: grpc.handleUnaryCall<_claviger_v1_GetSequencerRequest__Output, _claviger_v1_GetSequencerResponse>;
  
  GetSequencerKeys: grpc.handleUnaryCall<_claviger_v1_GetSequencerKeysRequest__Output, _claviger_v1_GetSequencerKeysResponse>;
  
  GetStat: grpc.handleUnaryCall<_claviger_v1_GetStatRequest__Output, _claviger_v1_GetStatResponse>;
  
  KeepAlive: grpc.handleUnaryCall<_claviger_v1_KeepAliveRequest__Output, _claviger_v1_KeepAliveResponse>;
  
  ListSessions: grpc.handleUnaryCall<_claviger_v1_ListSessionsRequest__Output, _claviger_v1_ListSessionsResponse>;
  
  Open: grpc.handleUnaryCall<_claviger_v1_OpenRequest__Output, _claviger_v1_OpenResponse>;
  
  ReadDir: grpc.handleUnaryCall<_claviger_v1_ReadDirRequest__Output, _claviger_v1_ReadDirResponse>;
  
  Release: grpc.handleUnaryCall<_claviger_v1_ReleaseRequest__Output, _claviger_v1_ReleaseResponse>;
  
  Resume: grpc.handleUnaryCall<_claviger_v1_ResumeRequest__Output, _claviger_v1_ResumeResponse>;
  
  RotateSigningKeys: grpc.handleUnaryCall<_claviger_v1_RotateSigningKeysRequest__Output, _claviger_v1_RotateSigningKeysResponse>;
  
  SetAcl: grpc.handleUnaryCall<_claviger_v1_SetAclRequest__Output, _claviger_v1_SetAclResponse>;
  
  SetContents: grpc.handleUnaryCall<_claviger_v1_SetContentsRequest__Output, _claviger_v1_SetContentsResponse>;
  
  Subscribe: grpc.handleUnaryCall<_claviger_v1_SubscribeRequest__Output, _claviger_v1_SubscribeResponse>;
  
  Transact: grpc.handleUnaryCall<_claviger_v1_TransactRequest__Output, _claviger_v1_TransactResponse>;
  
  TryAcquire: grpc.handleUnaryCall<_claviger_v1_TryAcquireRequest__Output, _claviger_v1_TryAcquireResponse>;
  
  Unsubscribe: grpc.handleUnaryCall<_claviger_v1_UnsubscribeRequest__Output, _claviger_v1_UnsubscribeResponse>;
  
}

export interface LockServiceDefinition extends grpc.ServiceDefinition {
  Acquire: MethodDefinition<_claviger_v1_AcquireRequest, _claviger_v1_AcquireResponse, _claviger_v1_AcquireRequest__Output, _claviger_v1_AcquireResponse__Output>
  CancelAcquire: MethodDefinition<_claviger_v1_CancelAcquireRequest, _claviger_v1_CancelAcquireResponse, _claviger_v1_CancelAcquireRequest__Output, _claviger_v1_CancelAcquireResponse__Output>
  CheckAccess: MethodDefinition<_claviger_v1_CheckAccessRequest, _claviger_v1_CheckAccessResponse, _claviger_v1_CheckAccessRequest__Output, _claviger_v1_CheckAccessResponse__Output>
  CheckSequencer: MethodDefinition<_claviger_v1_CheckSequencerRequest, _claviger_v1_CheckSequencerResponse, _claviger_v1_CheckSequencerRequest__Output, _claviger_v1_CheckSequencerResponse__Output>
  Close: MethodDefinition<_claviger_v1_CloseRequest, _claviger_v1_CloseResponse, _claviger_v1_CloseRequest__Output, _claviger_v1_CloseResponse__Output>
  CloseSession: MethodDefinition<_claviger_v1_CloseSessionRequest, _claviger_v1_CloseSessionResponse, _claviger_v1_CloseSessionRequest__Output, _claviger_v1_CloseSessionResponse__Output>
  Connect: MethodDefinition<_claviger_v1_ClientMessage, _claviger_v1_ServerMessage, _claviger_v1_ClientMessage__Output, _claviger_v1_ServerMessage__Output>
  CreateSession: MethodDefinition<_claviger_v1_CreateSessionRequest, _claviger_v1_CreateSessionResponse, _claviger_v1_CreateSessionRequest__Output, _claviger_v1_CreateSessionResponse__Output>
  Delete: MethodDefinition<_claviger_v1_DeleteRequest, _claviger_v1_DeleteResponse, _claviger_v1_DeleteRequest__Output, _claviger_v1_DeleteResponse__Output>
  GetContentsAndStat: MethodDefinition<_claviger_v1_GetContentsAndStatRequest, _claviger_v1_GetContentsAndStatResponse, _claviger_v1_GetContentsAndStatRequest__Output, _claviger_v1_GetContentsAndStatResponse__Output>
  GetLock: MethodDefinition<_claviger_v1_GetLockRequest, _claviger_v1_GetLockResponse, _claviger_v1_GetLockRequest__Output, _claviger_v1_GetLockResponse__Output>
  GetSequencer: MethodDefinition<_claviger_v1_GetSequencerRequest, _claviger_v1_GetSequencerResponse, _claviger_v1_GetSequencerRequest__Output, _claviger_v1_GetSequencerResponse__Output>
  GetSequencerKeys: MethodDefinition<_claviger_v1_GetSequencerKeysRequest, _claviger_v1_GetSequencerKeysResponse, _claviger_v1_GetSequencerKeysRequest__Output, _claviger_v1_GetSequencerKeysResponse__Output>
  GetStat: MethodDefinition<_claviger_v1_GetStatRequest, _claviger_v1_GetStatResponse, _claviger_v1_GetStatRequest__Output, _claviger_v1_GetStatResponse__Output>
  KeepAlive: MethodDefinition<_claviger_v1_KeepAliveRequest, _claviger_v1_KeepAliveResponse, _claviger_v1_KeepAliveRequest__Output, _claviger_v1_KeepAliveResponse__Output>
  ListSessions: MethodDefinition<_claviger_v1_ListSessionsRequest, _claviger_v1_ListSessionsResponse, _claviger_v1_ListSessionsRequest__Output, _claviger_v1_ListSessionsResponse__Output>
  Open: MethodDefinition<_claviger_v1_OpenRequest, _claviger_v1_OpenResponse, _claviger_v1_OpenRequest__Output, _claviger_v1_OpenResponse__Output>
  ReadDir: MethodDefinition<_claviger_v1_ReadDirRequest, _claviger_v1_ReadDirResponse, _claviger_v1_ReadDirRequest__Output, _claviger_v1_ReadDirResponse__Output>
  Release: MethodDefinition<_claviger_v1_ReleaseRequest, _claviger_v1_ReleaseResponse, _claviger_v1_ReleaseRequest__Output, _claviger_v1_ReleaseResponse__Output>
  Resume: MethodDefinition<_claviger_v1_ResumeRequest, _claviger_v1_ResumeResponse, _claviger_v1_ResumeRequest__Output, _claviger_v1_ResumeResponse__Output>
  RotateSigningKeys: MethodDefinition<_claviger_v1_RotateSigningKeysRequest, _claviger_v1_RotateSigningKeysResponse, _claviger_v1_RotateSigningKeysRequest__Output, _claviger_v1_RotateSigningKeysResponse__Output>
  SetAcl: MethodDefinition<_claviger_v1_SetAclRequest, _claviger_v1_SetAclResponse, _claviger_v1_SetAclRequest__Output, _claviger_v1_SetAclResponse__Output>
  SetContents: MethodDefinition<_claviger_v1_SetContentsRequest, _claviger_v1_SetContentsResponse, _claviger_v1_SetContentsRequest__Output, _claviger_v1_SetContentsResponse__Output>
  Subscribe: MethodDefinition<_claviger_v1_SubscribeRequest, _claviger_v1_SubscribeResponse, _claviger_v1_SubscribeRequest__Output, _claviger_v1_SubscribeResponse__Output>
  Transact: MethodDefinition<_claviger_v1_TransactRequest, _claviger_v1_TransactResponse, _claviger_v1_TransactRequest__Output, _claviger_v1_TransactResponse__Output>
  TryAcquire: MethodDefinition<_claviger_v1_TryAcquireRequest, _claviger_v1_TryAcquireResponse, _claviger_v1_TryAcquireRequest__Output, _claviger_v1_TryAcquireResponse__Output>
  Unsubscribe: MethodDefinition<_claviger_v1_UnsubscribeRequest, _claviger_v1_UnsubscribeResponse, _claviger_v1_UnsubscribeRequest__Output, _claviger_v1_UnsubscribeResponse__Output>
}
