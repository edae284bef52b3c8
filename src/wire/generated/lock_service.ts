import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { AclChange as _claviger_v1_AclChange, AclChange__Output as _claviger_v1_AclChange__Output } from './claviger/v1/AclChange.ts';
import type { AclChanged as _claviger_v1_AclChanged, AclChanged__Output as _claviger_v1_AclChanged__Output } from './claviger/v1/AclChanged.ts';
import type { AclNames as _claviger_v1_AclNames, AclNames__Output as _claviger_v1_AclNames__Output } from './claviger/v1/AclNames.ts';
import type { AcquireRequest as _claviger_v1_AcquireRequest, AcquireRequest__Output as _claviger_v1_AcquireRequest__Output } from './claviger/v1/AcquireRequest.ts';
import type { AcquireResponse as _claviger_v1_AcquireResponse, AcquireResponse__Output as _claviger_v1_AcquireResponse__Output } from './claviger/v1/AcquireResponse.ts';
import type { Call as _claviger_v1_Call, Call__Output as _claviger_v1_Call__Output } from './claviger/v1/Call.ts';
import type { CancelAcquireRequest as _claviger_v1_CancelAcquireRequest, CancelAcquireRequest__Output as _claviger_v1_CancelAcquireRequest__Output } from './claviger/v1/CancelAcquireRequest.ts';
import type { CancelAcquireResponse as _claviger_v1_CancelAcquireResponse, CancelAcquireResponse__Output as _claviger_v1_CancelAcquireResponse__Output } from './claviger/v1/CancelAcquireResponse.ts';
import type { CheckAccessRequest as _claviger_v1_CheckAccessRequest, CheckAccessRequest__Output as _claviger_v1_CheckAccessRequest__Output } from './claviger/v1/CheckAccessRequest.ts';
import type { CheckAccessResponse as _claviger_v1_CheckAccessResponse, CheckAccessResponse__Output as _claviger_v1_CheckAccessResponse__Output } from './claviger/v1/CheckAccessResponse.ts';
import type { CheckSequencerRequest as _claviger_v1_CheckSequencerRequest, CheckSequencerRequest__Output as _claviger_v1_CheckSequencerRequest__Output } from './claviger/v1/CheckSequencerRequest.ts';
import type { CheckSequencerResponse as _claviger_v1_CheckSequencerResponse, CheckSequencerResponse__Output as _claviger_v1_CheckSequencerResponse__Output } from './claviger/v1/CheckSequencerResponse.ts';
import type { ChecksumEquals as _claviger_v1_ChecksumEquals, ChecksumEquals__Output as _claviger_v1_ChecksumEquals__Output } from './claviger/v1/ChecksumEquals.ts';
import type { ClientMessage as _claviger_v1_ClientMessage, ClientMessage__Output as _claviger_v1_ClientMessage__Output } from './claviger/v1/ClientMessage.ts';
import type { CloseRequest as _claviger_v1_CloseRequest, CloseRequest__Output as _claviger_v1_CloseRequest__Output } from './claviger/v1/CloseRequest.ts';
import type { CloseResponse as _claviger_v1_CloseResponse, CloseResponse__Output as _claviger_v1_CloseResponse__Output } from './claviger/v1/CloseResponse.ts';
import type { CloseSessionRequest as _claviger_v1_CloseSessionRequest, CloseSessionRequest__Output as _claviger_v1_CloseSessionRequest__Output } from './claviger/v1/CloseSessionRequest.ts';
import type { CloseSessionResponse as _claviger_v1_CloseSessionResponse, CloseSessionResponse__Output as _claviger_v1_CloseSessionResponse__Output } from './claviger/v1/CloseSessionResponse.ts';
import type { ContentsChanged as _claviger_v1_ContentsChanged, ContentsChanged__Output as _claviger_v1_ContentsChanged__Output } from './claviger/v1/ContentsChanged.ts';
import type { CounterEquals as _claviger_v1_CounterEquals, CounterEquals__Output as _claviger_v1_CounterEquals__Output } from './claviger/v1/CounterEquals.ts';
import type { CreateSessionRequest as _claviger_v1_CreateSessionRequest, CreateSessionRequest__Output as _claviger_v1_CreateSessionRequest__Output } from './claviger/v1/CreateSessionRequest.ts';
import type { CreateSessionResponse as _claviger_v1_CreateSessionResponse, CreateSessionResponse__Output as _claviger_v1_CreateSessionResponse__Output } from './claviger/v1/CreateSessionResponse.ts';
import type { DeleteRequest as _claviger_v1_DeleteRequest, DeleteRequest__Output as _claviger_v1_DeleteRequest__Output } from './claviger/v1/DeleteRequest.ts';
import type { DeleteResponse as _claviger_v1_DeleteResponse, DeleteResponse__Output as _claviger_v1_DeleteResponse__Output } from './claviger/v1/DeleteResponse.ts';
import type { DirectoryEntry as _claviger_v1_DirectoryEntry, DirectoryEntry__Output as _claviger_v1_DirectoryEntry__Output } from './claviger/v1/DirectoryEntry.ts';
import type { EndedSession as _claviger_v1_EndedSession, EndedSession__Output as _claviger_v1_EndedSession__Output } from './claviger/v1/EndedSession.ts';
import type { EpochEquals as _claviger_v1_EpochEquals, EpochEquals__Output as _claviger_v1_EpochEquals__Output } from './claviger/v1/EpochEquals.ts';
import type { ErrorDetail as _claviger_v1_ErrorDetail, ErrorDetail__Output as _claviger_v1_ErrorDetail__Output } from './claviger/v1/ErrorDetail.ts';
import type { Event as _claviger_v1_Event, Event__Output as _claviger_v1_Event__Output } from './claviger/v1/Event.ts';
import type { Existence as _claviger_v1_Existence, Existence__Output as _claviger_v1_Existence__Output } from './claviger/v1/Existence.ts';
import type { GetContentsAndStatRequest as _claviger_v1_GetContentsAndStatRequest, GetContentsAndStatRequest__Output as _claviger_v1_GetContentsAndStatRequest__Output } from './claviger/v1/GetContentsAndStatRequest.ts';
import type { GetContentsAndStatResponse as _claviger_v1_GetContentsAndStatResponse, GetContentsAndStatResponse__Output as _claviger_v1_GetContentsAndStatResponse__Output } from './claviger/v1/GetContentsAndStatResponse.ts';
import type { GetLockRequest as _claviger_v1_GetLockRequest, GetLockRequest__Output as _claviger_v1_GetLockRequest__Output } from './claviger/v1/GetLockRequest.ts';
import type { GetLockResponse as _claviger_v1_GetLockResponse, GetLockResponse__Output as _claviger_v1_GetLockResponse__Output } from './claviger/v1/GetLockResponse.ts';
import type { GetSequencerKeysRequest as _claviger_v1_GetSequencerKeysRequest, GetSequencerKeysRequest__Output as _claviger_v1_GetSequencerKeysRequest__Output } from './claviger/v1/GetSequencerKeysRequest.ts';
import type { GetSequencerKeysResponse as _claviger_v1_GetSequencerKeysResponse, GetSequencerKeysResponse__Output as _claviger_v1_GetSequencerKeysResponse__Output } from './claviger/v1/GetSequencerKeysResponse.ts';
import type { GetSequencerRequest as _claviger_v1_GetSequencerRequest, GetSequencerRequest__Output as _claviger_v1_GetSequencerRequest__Output } from './claviger/v1/GetSequencerRequest.ts';
import type { GetSequencerResponse as _claviger_v1_GetSequencerResponse, GetSequencerResponse__Output as _claviger_v1_GetSequencerResponse__Output } from './claviger/v1/GetSequencerResponse.ts';
import type { GetStatRequest as _claviger_v1_GetStatRequest, GetStatRequest__Output as _claviger_v1_GetStatRequest__Output } from './claviger/v1/GetStatRequest.ts';
import type { GetStatResponse as _claviger_v1_GetStatResponse, GetStatResponse__Output as _claviger_v1_GetStatResponse__Output } from './claviger/v1/GetStatResponse.ts';
import type { Guard as _claviger_v1_Guard, Guard__Output as _claviger_v1_Guard__Output } from './claviger/v1/Guard.ts';
import type { Invalidation as _claviger_v1_Invalidation, Invalidation__Output as _claviger_v1_Invalidation__Output } from './claviger/v1/Invalidation.ts';
import type { KeepAliveRequest as _claviger_v1_KeepAliveRequest, KeepAliveRequest__Output as _claviger_v1_KeepAliveRequest__Output } from './claviger/v1/KeepAliveRequest.ts';
import type { KeepAliveResponse as _claviger_v1_KeepAliveResponse, KeepAliveResponse__Output as _claviger_v1_KeepAliveResponse__Output } from './claviger/v1/KeepAliveResponse.ts';
import type { ListSessionsRequest as _claviger_v1_ListSessionsRequest, ListSessionsRequest__Output as _claviger_v1_ListSessionsRequest__Output } from './claviger/v1/ListSessionsRequest.ts';
import type { ListSessionsResponse as _claviger_v1_ListSessionsResponse, ListSessionsResponse__Output as _claviger_v1_ListSessionsResponse__Output } from './claviger/v1/ListSessionsResponse.ts';
import type { LockAcquired as _claviger_v1_LockAcquired, LockAcquired__Output as _claviger_v1_LockAcquired__Output } from './claviger/v1/LockAcquired.ts';
import type { LockDelay as _claviger_v1_LockDelay, LockDelay__Output as _claviger_v1_LockDelay__Output } from './claviger/v1/LockDelay.ts';
import type { LockFreed as _claviger_v1_LockFreed, LockFreed__Output as _claviger_v1_LockFreed__Output } from './claviger/v1/LockFreed.ts';
import type { LockHeld as _claviger_v1_LockHeld, LockHeld__Output as _claviger_v1_LockHeld__Output } from './claviger/v1/LockHeld.ts';
import type { LockParty as _claviger_v1_LockParty, LockParty__Output as _claviger_v1_LockParty__Output } from './claviger/v1/LockParty.ts';
import type { LockRequested as _claviger_v1_LockRequested, LockRequested__Output as _claviger_v1_LockRequested__Output } from './claviger/v1/LockRequested.ts';
import type { LockServiceClient as _claviger_v1_LockServiceClient, LockServiceDefinition as _claviger_v1_LockServiceDefinition } from './claviger/v1/LockService.ts';
import type { LockWanted as _claviger_v1_LockWanted, LockWanted__Output as _claviger_v1_LockWanted__Output } from './claviger/v1/LockWanted.ts';
import type { NodeChange as _claviger_v1_NodeChange, NodeChange__Output as _claviger_v1_NodeChange__Output } from './claviger/v1/NodeChange.ts';
import type { NodeCreated as _claviger_v1_NodeCreated, NodeCreated__Output as _claviger_v1_NodeCreated__Output } from './claviger/v1/NodeCreated.ts';
import type { NodeDeleted as _claviger_v1_NodeDeleted, NodeDeleted__Output as _claviger_v1_NodeDeleted__Output } from './claviger/v1/NodeDeleted.ts';
import type { NodeStat as _claviger_v1_NodeStat, NodeStat__Output as _claviger_v1_NodeStat__Output } from './claviger/v1/NodeStat.ts';
import type { Notice as _claviger_v1_Notice, Notice__Output as _claviger_v1_Notice__Output } from './claviger/v1/Notice.ts';
import type { OpenRequest as _claviger_v1_OpenRequest, OpenRequest__Output as _claviger_v1_OpenRequest__Output } from './claviger/v1/OpenRequest.ts';
import type { OpenResponse as _claviger_v1_OpenResponse, OpenResponse__Output as _claviger_v1_OpenResponse__Output } from './claviger/v1/OpenResponse.ts';
import type { ReadDirRequest as _claviger_v1_ReadDirRequest, ReadDirRequest__Output as _claviger_v1_ReadDirRequest__Output } from './claviger/v1/ReadDirRequest.ts';
import type { ReadDirResponse as _claviger_v1_ReadDirResponse, ReadDirResponse__Output as _claviger_v1_ReadDirResponse__Output } from './claviger/v1/ReadDirResponse.ts';
import type { ReleaseRequest as _claviger_v1_ReleaseRequest, ReleaseRequest__Output as _claviger_v1_ReleaseRequest__Output } from './claviger/v1/ReleaseRequest.ts';
import type { ReleaseResponse as _claviger_v1_ReleaseResponse, ReleaseResponse__Output as _claviger_v1_ReleaseResponse__Output } from './claviger/v1/ReleaseResponse.ts';
import type { RequestHeader as _claviger_v1_RequestHeader, RequestHeader__Output as _claviger_v1_RequestHeader__Output } from './claviger/v1/RequestHeader.ts';
import type { ResponseHeader as _claviger_v1_ResponseHeader, ResponseHeader__Output as _claviger_v1_ResponseHeader__Output } from './claviger/v1/ResponseHeader.ts';
import type { Result as _claviger_v1_Result, Result__Output as _claviger_v1_Result__Output } from './claviger/v1/Result.ts';
import type { ResumeRequest as _claviger_v1_ResumeRequest, ResumeRequest__Output as _claviger_v1_ResumeRequest__Output } from './claviger/v1/ResumeRequest.ts';
import type { ResumeResponse as _claviger_v1_ResumeResponse, ResumeResponse__Output as _claviger_v1_ResumeResponse__Output } from './claviger/v1/ResumeResponse.ts';
import type { Resync as _claviger_v1_Resync, Resync__Output as _claviger_v1_Resync__Output } from './claviger/v1/Resync.ts';
import type { RotateSigningKeysRequest as _claviger_v1_RotateSigningKeysRequest, RotateSigningKeysRequest__Output as _claviger_v1_RotateSigningKeysRequest__Output } from './claviger/v1/RotateSigningKeysRequest.ts';
import type { RotateSigningKeysResponse as _claviger_v1_RotateSigningKeysResponse, RotateSigningKeysResponse__Output as _claviger_v1_RotateSigningKeysResponse__Output } from './claviger/v1/RotateSigningKeysResponse.ts';
import type { SequencerKey as _claviger_v1_SequencerKey, SequencerKey__Output as _claviger_v1_SequencerKey__Output } from './claviger/v1/SequencerKey.ts';
import type { ServerMessage as _claviger_v1_ServerMessage, ServerMessage__Output as _claviger_v1_ServerMessage__Output } from './claviger/v1/ServerMessage.ts';
import type { SessionFacts as _claviger_v1_SessionFacts, SessionFacts__Output as _claviger_v1_SessionFacts__Output } from './claviger/v1/SessionFacts.ts';
import type { SetAclRequest as _claviger_v1_SetAclRequest, SetAclRequest__Output as _claviger_v1_SetAclRequest__Output } from './claviger/v1/SetAclRequest.ts';
import type { SetAclResponse as _claviger_v1_SetAclResponse, SetAclResponse__Output as _claviger_v1_SetAclResponse__Output } from './claviger/v1/SetAclResponse.ts';
import type { SetContentsRequest as _claviger_v1_SetContentsRequest, SetContentsRequest__Output as _claviger_v1_SetContentsRequest__Output } from './claviger/v1/SetContentsRequest.ts';
import type { SetContentsResponse as _claviger_v1_SetContentsResponse, SetContentsResponse__Output as _claviger_v1_SetContentsResponse__Output } from './claviger/v1/SetContentsResponse.ts';
import type { StepAnswer as _claviger_v1_StepAnswer, StepAnswer__Output as _claviger_v1_StepAnswer__Output } from './claviger/v1/StepAnswer.ts';
import type { SubscribeRequest as _claviger_v1_SubscribeRequest, SubscribeRequest__Output as _claviger_v1_SubscribeRequest__Output } from './claviger/v1/SubscribeRequest.ts';
import type { SubscribeResponse as _claviger_v1_SubscribeResponse, SubscribeResponse__Output as _claviger_v1_SubscribeResponse__Output } from './claviger/v1/SubscribeResponse.ts';
import type { Subscription as _claviger_v1_Subscription, Subscription__Output as _claviger_v1_Subscription__Output } from './claviger/v1/Subscription.ts';
import type { TransactRequest as _claviger_v1_TransactRequest, TransactRequest__Output as _claviger_v1_TransactRequest__Output } from './claviger/v1/TransactRequest.ts';
import type { TransactResponse as _claviger_v1_TransactResponse, TransactResponse__Output as _claviger_v1_TransactResponse__Output } from './claviger/v1/TransactResponse.ts';
import type { TransactionStep as _claviger_v1_TransactionStep, TransactionStep__Output as _claviger_v1_TransactionStep__Output } from './claviger/v1/TransactionStep.ts';
import type { TryAcquireRequest as _claviger_v1_TryAcquireRequest, TryAcquireRequest__Output as _claviger_v1_TryAcquireRequest__Output } from './claviger/v1/TryAcquireRequest.ts';
import type { TryAcquireResponse as _claviger_v1_TryAcquireResponse, TryAcquireResponse__Output as _claviger_v1_TryAcquireResponse__Output } from './claviger/v1/TryAcquireResponse.ts';
import type { UnsubscribeRequest as _claviger_v1_UnsubscribeRequest, UnsubscribeRequest__Output as _claviger_v1_UnsubscribeRequest__Output } from './claviger/v1/UnsubscribeRequest.ts';
import type { UnsubscribeResponse as _claviger_v1_UnsubscribeResponse, UnsubscribeResponse__Output as _claviger_v1_UnsubscribeResponse__Output } from './claviger/v1/UnsubscribeResponse.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  claviger: {
    v1: {
      AclChange: MessageTypeDefinition<_claviger_v1_AclChange, _claviger_v1_AclChange__Output>
      AclChanged: MessageTypeDefinition<_claviger_v1_AclChanged, _claviger_v1_AclChanged__Output>
      AclNames: MessageTypeDefinition<_claviger_v1_AclNames, _claviger_v1_AclNames__Output>
      AcquireRequest: MessageTypeDefinition<_claviger_v1_AcquireRequest, _claviger_v1_AcquireRequest__Output>
      AcquireResponse: MessageTypeDefinition<_claviger_v1_AcquireResponse, _claviger_v1_AcquireResponse__Output>
      Call: MessageTypeDefinition<_claviger_v1_Call, _claviger_v1_Call__Output>
      CancelAcquireRequest: MessageTypeDefinition<_claviger_v1_CancelAcquireRequest, _claviger_v1_CancelAcquireRequest__Output>
      CancelAcquireResponse: MessageTypeDefinition<_claviger_v1_CancelAcquireResponse, _claviger_v1_CancelAcquireResponse__Output>
      ChangeKind: EnumTypeDefinition
      CheckAccessRequest: MessageTypeDefinition<_claviger_v1_CheckAccessRequest, _claviger_v1_CheckAccessRequest__Output>
      CheckAccessResponse: MessageTypeDefinition<_claviger_v1_CheckAccessResponse, _claviger_v1_CheckAccessResponse__Output>
      CheckSequencerRequest: MessageTypeDefinition<_claviger_v1_CheckSequencerRequest, _claviger_v1_CheckSequencerRequest__Output>
      CheckSequencerResponse: MessageTypeDefinition<_claviger_v1_CheckSequencerResponse, _claviger_v1_CheckSequencerResponse__Output>
      ChecksumEquals: MessageTypeDefinition<_claviger_v1_ChecksumEquals, _claviger_v1_ChecksumEquals__Output>
      ClientMessage: MessageTypeDefinition<_claviger_v1_ClientMessage, _claviger_v1_ClientMessage__Output>
      CloseRequest: MessageTypeDefinition<_claviger_v1_CloseRequest, _claviger_v1_CloseRequest__Output>
      CloseResponse: MessageTypeDefinition<_claviger_v1_CloseResponse, _claviger_v1_CloseResponse__Output>
      CloseSessionRequest: MessageTypeDefinition<_claviger_v1_CloseSessionRequest, _claviger_v1_CloseSessionRequest__Output>
      CloseSessionResponse: MessageTypeDefinition<_claviger_v1_CloseSessionResponse, _claviger_v1_CloseSessionResponse__Output>
      ContentsChanged: MessageTypeDefinition<_claviger_v1_ContentsChanged, _claviger_v1_ContentsChanged__Output>
      CounterEquals: MessageTypeDefinition<_claviger_v1_CounterEquals, _claviger_v1_CounterEquals__Output>
      CreateRule: EnumTypeDefinition
      CreateSessionRequest: MessageTypeDefinition<_claviger_v1_CreateSessionRequest, _claviger_v1_CreateSessionRequest__Output>
      CreateSessionResponse: MessageTypeDefinition<_claviger_v1_CreateSessionResponse, _claviger_v1_CreateSessionResponse__Output>
      DeleteRequest: MessageTypeDefinition<_claviger_v1_DeleteRequest, _claviger_v1_DeleteRequest__Output>
      DeleteResponse: MessageTypeDefinition<_claviger_v1_DeleteResponse, _claviger_v1_DeleteResponse__Output>
      DirectoryEntry: MessageTypeDefinition<_claviger_v1_DirectoryEntry, _claviger_v1_DirectoryEntry__Output>
      EndedSession: MessageTypeDefinition<_claviger_v1_EndedSession, _claviger_v1_EndedSession__Output>
      EpochEquals: MessageTypeDefinition<_claviger_v1_EpochEquals, _claviger_v1_EpochEquals__Output>
      ErrorCode: EnumTypeDefinition
      ErrorDetail: MessageTypeDefinition<_claviger_v1_ErrorDetail, _claviger_v1_ErrorDetail__Output>
      Event: MessageTypeDefinition<_claviger_v1_Event, _claviger_v1_Event__Output>
      Existence: MessageTypeDefinition<_claviger_v1_Existence, _claviger_v1_Existence__Output>
      GetContentsAndStatRequest: MessageTypeDefinition<_claviger_v1_GetContentsAndStatRequest, _claviger_v1_GetContentsAndStatRequest__Output>
      GetContentsAndStatResponse: MessageTypeDefinition<_claviger_v1_GetContentsAndStatResponse, _claviger_v1_GetContentsAndStatResponse__Output>
      GetLockRequest: MessageTypeDefinition<_claviger_v1_GetLockRequest, _claviger_v1_GetLockRequest__Output>
      GetLockResponse: MessageTypeDefinition<_claviger_v1_GetLockResponse, _claviger_v1_GetLockResponse__Output>
      GetSequencerKeysRequest: MessageTypeDefinition<_claviger_v1_GetSequencerKeysRequest, _claviger_v1_GetSequencerKeysRequest__Output>
      GetSequencerKeysResponse: MessageTypeDefinition<_claviger_v1_GetSequencerKeysResponse, _claviger_v1_GetSequencerKeysResponse__Output>
      GetSequencerRequest: MessageTypeDefinition<_claviger_v1_GetSequencerRequest, _claviger_v1_GetSequencerRequest__Output>
      GetSequencerResponse: MessageTypeDefinition<_claviger_v1_GetSequencerResponse, _claviger_v1_GetSequencerResponse__Output>
      GetStatRequest: MessageTypeDefinition<_claviger_v1_GetStatRequest, _claviger_v1_GetStatRequest__Output>
      GetStatResponse: MessageTypeDefinition<_claviger_v1_GetStatResponse, _claviger_v1_GetStatResponse__Output>
      Guard: MessageTypeDefinition<_claviger_v1_Guard, _claviger_v1_Guard__Output>
      HandleMode: EnumTypeDefinition
      Invalidation: MessageTypeDefinition<_claviger_v1_Invalidation, _claviger_v1_Invalidation__Output>
      KeepAliveRequest: MessageTypeDefinition<_claviger_v1_KeepAliveRequest, _claviger_v1_KeepAliveRequest__Output>
      KeepAliveResponse: MessageTypeDefinition<_claviger_v1_KeepAliveResponse, _claviger_v1_KeepAliveResponse__Output>
      KeyState: EnumTypeDefinition
      ListSessionsRequest: MessageTypeDefinition<_claviger_v1_ListSessionsRequest, _claviger_v1_ListSessionsRequest__Output>
      ListSessionsResponse: MessageTypeDefinition<_claviger_v1_ListSessionsResponse, _claviger_v1_ListSessionsResponse__Output>
      LockAcquired: MessageTypeDefinition<_claviger_v1_LockAcquired, _claviger_v1_LockAcquired__Output>
      LockDelay: MessageTypeDefinition<_claviger_v1_LockDelay, _claviger_v1_LockDelay__Output>
      LockFreed: MessageTypeDefinition<_claviger_v1_LockFreed, _claviger_v1_LockFreed__Output>
      LockHeld: MessageTypeDefinition<_claviger_v1_LockHeld, _claviger_v1_LockHeld__Output>
      LockMode: EnumTypeDefinition
      LockParty: MessageTypeDefinition<_claviger_v1_LockParty, _claviger_v1_LockParty__Output>
      LockRequested: MessageTypeDefinition<_claviger_v1_LockRequested, _claviger_v1_LockRequested__Output>
      LockService: SubtypeConstructor<typeof grpc.Client, _claviger_v1_LockServiceClient> & { service: _claviger_v1_LockServiceDefinition }
      LockWanted: MessageTypeDefinition<_claviger_v1_LockWanted, _claviger_v1_LockWanted__Output>
      NodeChange: MessageTypeDefinition<_claviger_v1_NodeChange, _claviger_v1_NodeChange__Output>
      NodeCounter: EnumTypeDefinition
      NodeCreated: MessageTypeDefinition<_claviger_v1_NodeCreated, _claviger_v1_NodeCreated__Output>
      NodeDeleted: MessageTypeDefinition<_claviger_v1_NodeDeleted, _claviger_v1_NodeDeleted__Output>
      NodeKind: EnumTypeDefinition
      NodeStat: MessageTypeDefinition<_claviger_v1_NodeStat, _claviger_v1_NodeStat__Output>
      Notice: MessageTypeDefinition<_claviger_v1_Notice, _claviger_v1_Notice__Output>
      OpenRequest: MessageTypeDefinition<_claviger_v1_OpenRequest, _claviger_v1_OpenRequest__Output>
      OpenResponse: MessageTypeDefinition<_claviger_v1_OpenResponse, _claviger_v1_OpenResponse__Output>
      ReadDirRequest: MessageTypeDefinition<_claviger_v1_ReadDirRequest, _claviger_v1_ReadDirRequest__Output>
      ReadDirResponse: MessageTypeDefinition<_claviger_v1_ReadDirResponse, _claviger_v1_ReadDirResponse__Output>
      ReleaseRequest: MessageTypeDefinition<_claviger_v1_ReleaseRequest, _claviger_v1_ReleaseRequest__Output>
      ReleaseResponse: MessageTypeDefinition<_claviger_v1_ReleaseResponse, _claviger_v1_ReleaseResponse__Output>
      RequestHeader: MessageTypeDefinition<_claviger_v1_RequestHeader, _claviger_v1_RequestHeader__Output>
      ResponseHeader: MessageTypeDefinition<_claviger_v1_ResponseHeader, _claviger_v1_ResponseHeader__Output>
      Result: MessageTypeDefinition<_claviger_v1_Result, _claviger_v1_Result__Output>
      ResumeRequest: MessageTypeDefinition<_claviger_v1_ResumeRequest, _claviger_v1_ResumeRequest__Output>
      ResumeResponse: MessageTypeDefinition<_claviger_v1_ResumeResponse, _claviger_v1_ResumeResponse__Output>
      Resync: MessageTypeDefinition<_claviger_v1_Resync, _claviger_v1_Resync__Output>
      RotateSigningKeysRequest: MessageTypeDefinition<_claviger_v1_RotateSigningKeysRequest, _claviger_v1_RotateSigningKeysRequest__Output>
      RotateSigningKeysResponse: MessageTypeDefinition<_claviger_v1_RotateSigningKeysResponse, _claviger_v1_RotateSigningKeysResponse__Output>
      Scope: EnumTypeDefinition
      SequencerKey: MessageTypeDefinition<_claviger_v1_SequencerKey, _claviger_v1_SequencerKey__Output>
      ServerMessage: MessageTypeDefinition<_claviger_v1_ServerMessage, _claviger_v1_ServerMessage__Output>
      SessionFacts: MessageTypeDefinition<_claviger_v1_SessionFacts, _claviger_v1_SessionFacts__Output>
      SetAclRequest: MessageTypeDefinition<_claviger_v1_SetAclRequest, _claviger_v1_SetAclRequest__Output>
      SetAclResponse: MessageTypeDefinition<_claviger_v1_SetAclResponse, _claviger_v1_SetAclResponse__Output>
      SetContentsRequest: MessageTypeDefinition<_claviger_v1_SetContentsRequest, _claviger_v1_SetContentsRequest__Output>
      SetContentsResponse: MessageTypeDefinition<_claviger_v1_SetContentsResponse, _claviger_v1_SetContentsResponse__Output>
      StepAnswer: MessageTypeDefinition<_claviger_v1_StepAnswer, _claviger_v1_StepAnswer__Output>
      SubscribeRequest: MessageTypeDefinition<_claviger_v1_SubscribeRequest, _claviger_v1_SubscribeRequest__Output>
      SubscribeResponse: MessageTypeDefinition<_claviger_v1_SubscribeResponse, _claviger_v1_SubscribeResponse__Output>
      Subscription: MessageTypeDefinition<_claviger_v1_Subscription, _claviger_v1_Subscription__Output>
      TransactRequest: MessageTypeDefinition<_claviger_v1_TransactRequest, _claviger_v1_TransactRequest__Output>
      TransactResponse: MessageTypeDefinition<_claviger_v1_TransactResponse, _claviger_v1_TransactResponse__Output>
      TransactionStep: MessageTypeDefinition<_claviger_v1_TransactionStep, _claviger_v1_TransactionStep__Output>
      TryAcquireRequest: MessageTypeDefinition<_claviger_v1_TryAcquireRequest, _claviger_v1_TryAcquireRequest__Output>
      TryAcquireResponse: MessageTypeDefinition<_claviger_v1_TryAcquireResponse, _claviger_v1_TryAcquireResponse__Output>
      UnsubscribeRequest: MessageTypeDefinition<_claviger_v1_UnsubscribeRequest, _claviger_v1_UnsubscribeRequest__Output>
      UnsubscribeResponse: MessageTypeDefinition<_claviger_v1_UnsubscribeResponse, _claviger_v1_UnsubscribeResponse__Output>
    }
  }
}

