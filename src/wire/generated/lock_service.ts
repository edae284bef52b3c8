import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { AcquireRequest as _claviger_v1_AcquireRequest, AcquireRequest__Output as _claviger_v1_AcquireRequest__Output } from './claviger/v1/AcquireRequest.ts';
import type { AcquireResponse as _claviger_v1_AcquireResponse, AcquireResponse__Output as _claviger_v1_AcquireResponse__Output } from './claviger/v1/AcquireResponse.ts';
import type { Call as _claviger_v1_Call, Call__Output as _claviger_v1_Call__Output } from './claviger/v1/Call.ts';
import type { CancelAcquireRequest as _claviger_v1_CancelAcquireRequest, CancelAcquireRequest__Output as _claviger_v1_CancelAcquireRequest__Output } from './claviger/v1/CancelAcquireRequest.ts';
import type { CancelAcquireResponse as _claviger_v1_CancelAcquireResponse, CancelAcquireResponse__Output as _claviger_v1_CancelAcquireResponse__Output } from './claviger/v1/CancelAcquireResponse.ts';
import type { CheckSequencerRequest as _claviger_v1_CheckSequencerRequest, CheckSequencerRequest__Output as _claviger_v1_CheckSequencerRequest__Output } from './claviger/v1/CheckSequencerRequest.ts';
import type { CheckSequencerResponse as _claviger_v1_CheckSequencerResponse, CheckSequencerResponse__Output as _claviger_v1_CheckSequencerResponse__Output } from './claviger/v1/CheckSequencerResponse.ts';
import type { ClientMessage as _claviger_v1_ClientMessage, ClientMessage__Output as _claviger_v1_ClientMessage__Output } from './claviger/v1/ClientMessage.ts';
import type { CloseRequest as _claviger_v1_CloseRequest, CloseRequest__Output as _claviger_v1_CloseRequest__Output } from './claviger/v1/CloseRequest.ts';
import type { CloseResponse as _claviger_v1_CloseResponse, CloseResponse__Output as _claviger_v1_CloseResponse__Output } from './claviger/v1/CloseResponse.ts';
import type { CloseSessionRequest as _claviger_v1_CloseSessionRequest, CloseSessionRequest__Output as _claviger_v1_CloseSessionRequest__Output } from './claviger/v1/CloseSessionRequest.ts';
import type { CloseSessionResponse as _claviger_v1_CloseSessionResponse, CloseSessionResponse__Output as _claviger_v1_CloseSessionResponse__Output } from './claviger/v1/CloseSessionResponse.ts';
import type { CreateSessionRequest as _claviger_v1_CreateSessionRequest, CreateSessionRequest__Output as _claviger_v1_CreateSessionRequest__Output } from './claviger/v1/CreateSessionRequest.ts';
import type { CreateSessionResponse as _claviger_v1_CreateSessionResponse, CreateSessionResponse__Output as _claviger_v1_CreateSessionResponse__Output } from './claviger/v1/CreateSessionResponse.ts';
import type { DeleteRequest as _claviger_v1_DeleteRequest, DeleteRequest__Output as _claviger_v1_DeleteRequest__Output } from './claviger/v1/DeleteRequest.ts';
import type { DeleteResponse as _claviger_v1_DeleteResponse, DeleteResponse__Output as _claviger_v1_DeleteResponse__Output } from './claviger/v1/DeleteResponse.ts';
import type { DirectoryEntry as _claviger_v1_DirectoryEntry, DirectoryEntry__Output as _claviger_v1_DirectoryEntry__Output } from './claviger/v1/DirectoryEntry.ts';
import type { ErrorDetail as _claviger_v1_ErrorDetail, ErrorDetail__Output as _claviger_v1_ErrorDetail__Output } from './claviger/v1/ErrorDetail.ts';
import type { GetContentsAndStatRequest as _claviger_v1_GetContentsAndStatRequest, GetContentsAndStatRequest__Output as _claviger_v1_GetContentsAndStatRequest__Output } from './claviger/v1/GetContentsAndStatRequest.ts';
import type { GetContentsAndStatResponse as _claviger_v1_GetContentsAndStatResponse, GetContentsAndStatResponse__Output as _claviger_v1_GetContentsAndStatResponse__Output } from './claviger/v1/GetContentsAndStatResponse.ts';
import type { GetLockRequest as _claviger_v1_GetLockRequest, GetLockRequest__Output as _claviger_v1_GetLockRequest__Output } from './claviger/v1/GetLockRequest.ts';
import type { GetLockResponse as _claviger_v1_GetLockResponse, GetLockResponse__Output as _claviger_v1_GetLockResponse__Output } from './claviger/v1/GetLockResponse.ts';
import type { GetSequencerRequest as _claviger_v1_GetSequencerRequest, GetSequencerRequest__Output as _claviger_v1_GetSequencerRequest__Output } from './claviger/v1/GetSequencerRequest.ts';
import type { GetSequencerResponse as _claviger_v1_GetSequencerResponse, GetSequencerResponse__Output as _claviger_v1_GetSequencerResponse__Output } from './claviger/v1/GetSequencerResponse.ts';
import type { GetStatRequest as _claviger_v1_GetStatRequest, GetStatRequest__Output as _claviger_v1_GetStatRequest__Output } from './claviger/v1/GetStatRequest.ts';
import type { GetStatResponse as _claviger_v1_GetStatResponse, GetStatResponse__Output as _claviger_v1_GetStatResponse__Output } from './claviger/v1/GetStatResponse.ts';
import type { KeepAliveRequest as _claviger_v1_KeepAliveRequest, KeepAliveRequest__Output as _claviger_v1_KeepAliveRequest__Output } from './claviger/v1/KeepAliveRequest.ts';
import type { KeepAliveResponse as _claviger_v1_KeepAliveResponse, KeepAliveResponse__Output as _claviger_v1_KeepAliveResponse__Output } from './claviger/v1/KeepAliveResponse.ts';
import type { LockParty as _claviger_v1_LockParty, LockParty__Output as _claviger_v1_LockParty__Output } from './claviger/v1/LockParty.ts';
import type { LockServiceClient as _claviger_v1_LockServiceClient, LockServiceDefinition as _claviger_v1_LockServiceDefinition } from './claviger/v1/LockService.ts';
import type { NodeStat as _claviger_v1_NodeStat, NodeStat__Output as _claviger_v1_NodeStat__Output } from './claviger/v1/NodeStat.ts';
import type { OpenRequest as _claviger_v1_OpenRequest, OpenRequest__Output as _claviger_v1_OpenRequest__Output } from './claviger/v1/OpenRequest.ts';
import type { OpenResponse as _claviger_v1_OpenResponse, OpenResponse__Output as _claviger_v1_OpenResponse__Output } from './claviger/v1/OpenResponse.ts';
import type { ReadDirRequest as _claviger_v1_ReadDirRequest, ReadDirRequest__Output as _claviger_v1_ReadDirRequest__Output } from './claviger/v1/ReadDirRequest.ts';
import type { ReadDirResponse as _claviger_v1_ReadDirResponse, ReadDirResponse__Output as _claviger_v1_ReadDirResponse__Output } from './claviger/v1/ReadDirResponse.ts';
import type { ReleaseRequest as _claviger_v1_ReleaseRequest, ReleaseRequest__Output as _claviger_v1_ReleaseRequest__Output } from './claviger/v1/ReleaseRequest.ts';
import type { ReleaseResponse as _claviger_v1_ReleaseResponse, ReleaseResponse__Output as _claviger_v1_ReleaseResponse__Output } from './claviger/v1/ReleaseResponse.ts';
import type { RequestHeader as _claviger_v1_RequestHeader, RequestHeader__Output as _claviger_v1_RequestHeader__Output } from './claviger/v1/RequestHeader.ts';
import type { ResponseHeader as _claviger_v1_ResponseHeader, ResponseHeader__Output as _claviger_v1_ResponseHeader__Output } from './claviger/v1/ResponseHeader.ts';
import type { Result as _claviger_v1_Result, Result__Output as _claviger_v1_Result__Output } from './claviger/v1/Result.ts';
import type { ServerMessage as _claviger_v1_ServerMessage, ServerMessage__Output as _claviger_v1_ServerMessage__Output } from './claviger/v1/ServerMessage.ts';
import type { SetContentsRequest as _claviger_v1_SetContentsRequest, SetContentsRequest__Output as _claviger_v1_SetContentsRequest__Output } from './claviger/v1/SetContentsRequest.ts';
import type { SetContentsResponse as _claviger_v1_SetContentsResponse, SetContentsResponse__Output as _claviger_v1_SetContentsResponse__Output } from './claviger/v1/SetContentsResponse.ts';
import type { TryAcquireRequest as _claviger_v1_TryAcquireRequest, TryAcquireRequest__Output as _claviger_v1_TryAcquireRequest__Output } from './claviger/v1/TryAcquireRequest.ts';
import type { TryAcquireResponse as _claviger_v1_TryAcquireResponse, TryAcquireResponse__Output as _claviger_v1_TryAcquireResponse__Output } from './claviger/v1/TryAcquireResponse.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  claviger: {
    v1: {
      AcquireRequest: MessageTypeDefinition<_claviger_v1_AcquireRequest, _claviger_v1_AcquireRequest__Output>
      AcquireResponse: MessageTypeDefinition<_claviger_v1_AcquireResponse, _claviger_v1_AcquireResponse__Output>
      Call: MessageTypeDefinition<_claviger_v1_Call, _claviger_v1_Call__Output>
      CancelAcquireRequest: MessageTypeDefinition<_claviger_v1_CancelAcquireRequest, _claviger_v1_CancelAcquireRequest__Output>
      CancelAcquireResponse: MessageTypeDefinition<_claviger_v1_CancelAcquireResponse, _claviger_v1_CancelAcquireResponse__Output>
      CheckSequencerRequest: MessageTypeDefinition<_claviger_v1_CheckSequencerRequest, _claviger_v1_CheckSequencerRequest__Output>
      CheckSequencerResponse: MessageTypeDefinition<_claviger_v1_CheckSequencerResponse, _claviger_v1_CheckSequencerResponse__Output>
      ClientMessage: MessageTypeDefinition<_claviger_v1_ClientMessage, _claviger_v1_ClientMessage__Output>
      CloseRequest: MessageTypeDefinition<_claviger_v1_CloseRequest, _claviger_v1_CloseRequest__Output>
      CloseResponse: MessageTypeDefinition<_claviger_v1_CloseResponse, _claviger_v1_CloseResponse__Output>
      CloseSessionRequest: MessageTypeDefinition<_claviger_v1_CloseSessionRequest, _claviger_v1_CloseSessionRequest__Output>
      CloseSessionResponse: MessageTypeDefinition<_claviger_v1_CloseSessionResponse, _claviger_v1_CloseSessionResponse__Output>
      CreateRule: EnumTypeDefinition
      CreateSessionRequest: MessageTypeDefinition<_claviger_v1_CreateSessionRequest, _claviger_v1_CreateSessionRequest__Output>
      CreateSessionResponse: MessageTypeDefinition<_claviger_v1_CreateSessionResponse, _claviger_v1_CreateSessionResponse__Output>
      DeleteRequest: MessageTypeDefinition<_claviger_v1_DeleteRequest, _claviger_v1_DeleteRequest__Output>
      DeleteResponse: MessageTypeDefinition<_claviger_v1_DeleteResponse, _claviger_v1_DeleteResponse__Output>
      DirectoryEntry: MessageTypeDefinition<_claviger_v1_DirectoryEntry, _claviger_v1_DirectoryEntry__Output>
      ErrorCode: EnumTypeDefinition
      ErrorDetail: MessageTypeDefinition<_claviger_v1_ErrorDetail, _claviger_v1_ErrorDetail__Output>
      GetContentsAndStatRequest: MessageTypeDefinition<_claviger_v1_GetContentsAndStatRequest, _claviger_v1_GetContentsAndStatRequest__Output>
      GetContentsAndStatResponse: MessageTypeDefinition<_claviger_v1_GetContentsAndStatResponse, _claviger_v1_GetContentsAndStatResponse__Output>
      GetLockRequest: MessageTypeDefinition<_claviger_v1_GetLockRequest, _claviger_v1_GetLockRequest__Output>
      GetLockResponse: MessageTypeDefinition<_claviger_v1_GetLockResponse, _claviger_v1_GetLockResponse__Output>
      GetSequencerRequest: MessageTypeDefinition<_claviger_v1_GetSequencerRequest, _claviger_v1_GetSequencerRequest__Output>
      GetSequencerResponse: MessageTypeDefinition<_claviger_v1_GetSequencerResponse, _claviger_v1_GetSequencerResponse__Output>
      GetStatRequest: MessageTypeDefinition<_claviger_v1_GetStatRequest, _claviger_v1_GetStatRequest__Output>
      GetStatResponse: MessageTypeDefinition<_claviger_v1_GetStatResponse, _claviger_v1_GetStatResponse__Output>
      HandleMode: EnumTypeDefinition
      KeepAliveRequest: MessageTypeDefinition<_claviger_v1_KeepAliveRequest, _claviger_v1_KeepAliveRequest__Output>
      KeepAliveResponse: MessageTypeDefinition<_claviger_v1_KeepAliveResponse, _claviger_v1_KeepAliveResponse__Output>
      LockMode: EnumTypeDefinition
      LockParty: MessageTypeDefinition<_claviger_v1_LockParty, _claviger_v1_LockParty__Output>
      LockService: SubtypeConstructor<typeof grpc.Client, _claviger_v1_LockServiceClient> & { service: _claviger_v1_LockServiceDefinition }
      NodeKind: EnumTypeDefinition
      NodeStat: MessageTypeDefinition<_claviger_v1_NodeStat, _claviger_v1_NodeStat__Output>
      OpenRequest: MessageTypeDefinition<_claviger_v1_OpenRequest, _claviger_v1_OpenRequest__Output>
      OpenResponse: MessageTypeDefinition<_claviger_v1_OpenResponse, _claviger_v1_OpenResponse__Output>
      ReadDirRequest: MessageTypeDefinition<_claviger_v1_ReadDirRequest, _claviger_v1_ReadDirRequest__Output>
      ReadDirResponse: MessageTypeDefinition<_claviger_v1_ReadDirResponse, _claviger_v1_ReadDirResponse__Output>
      ReleaseRequest: MessageTypeDefinition<_claviger_v1_ReleaseRequest, _claviger_v1_ReleaseRequest__Output>
      ReleaseResponse: MessageTypeDefinition<_claviger_v1_ReleaseResponse, _claviger_v1_ReleaseResponse__Output>
      RequestHeader: MessageTypeDefinition<_claviger_v1_RequestHeader, _claviger_v1_RequestHeader__Output>
      ResponseHeader: MessageTypeDefinition<_claviger_v1_ResponseHeader, _claviger_v1_ResponseHeader__Output>
      Result: MessageTypeDefinition<_claviger_v1_Result, _claviger_v1_Result__Output>
      ServerMessage: MessageTypeDefinition<_claviger_v1_ServerMessage, _claviger_v1_ServerMessage__Output>
      SetContentsRequest: MessageTypeDefinition<_claviger_v1_SetContentsRequest, _claviger_v1_SetContentsRequest__Output>
      SetContentsResponse: MessageTypeDefinition<_claviger_v1_SetContentsResponse, _claviger_v1_SetContentsResponse__Output>
      TryAcquireRequest: MessageTypeDefinition<_claviger_v1_TryAcquireRequest, _claviger_v1_TryAcquireRequest__Output>
      TryAcquireResponse: MessageTypeDefinition<_claviger_v1_TryAcquireResponse, _claviger_v1_TryAcquireResponse__Output>
    }
  }
}

