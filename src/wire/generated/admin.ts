import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { AdminServiceClient as _claviger_admin_v1_AdminServiceClient, AdminServiceDefinition as _claviger_admin_v1_AdminServiceDefinition } from './claviger/admin/v1/AdminService.ts';
import type { CellReplica as _claviger_admin_v1_CellReplica, CellReplica__Output as _claviger_admin_v1_CellReplica__Output } from './claviger/admin/v1/CellReplica.ts';
import type { GetCellStatusRequest as _claviger_admin_v1_GetCellStatusRequest, GetCellStatusRequest__Output as _claviger_admin_v1_GetCellStatusRequest__Output } from './claviger/admin/v1/GetCellStatusRequest.ts';
import type { GetCellStatusResponse as _claviger_admin_v1_GetCellStatusResponse, GetCellStatusResponse__Output as _claviger_admin_v1_GetCellStatusResponse__Output } from './claviger/admin/v1/GetCellStatusResponse.ts';
import type { GetStatusRequest as _claviger_admin_v1_GetStatusRequest, GetStatusRequest__Output as _claviger_admin_v1_GetStatusRequest__Output } from './claviger/admin/v1/GetStatusRequest.ts';
import type { GetStatusResponse as _claviger_admin_v1_GetStatusResponse, GetStatusResponse__Output as _claviger_admin_v1_GetStatusResponse__Output } from './claviger/admin/v1/GetStatusResponse.ts';
import type { StepDownRequest as _claviger_admin_v1_StepDownRequest, StepDownRequest__Output as _claviger_admin_v1_StepDownRequest__Output } from './claviger/admin/v1/StepDownRequest.ts';
import type { StepDownResponse as _claviger_admin_v1_StepDownResponse, StepDownResponse__Output as _claviger_admin_v1_StepDownResponse__Output } from './claviger/admin/v1/StepDownResponse.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  claviger: {
    admin: {
      v1: {
        AdminService: SubtypeConstructor<typeof grpc.Client, _claviger_admin_v1_AdminServiceClient> & { service: _claviger_admin_v1_AdminServiceDefinition }
        CellReplica: MessageTypeDefinition<_claviger_admin_v1_CellReplica, _claviger_admin_v1_CellReplica__Output>
        GetCellStatusRequest: MessageTypeDefinition<_claviger_admin_v1_GetCellStatusRequest, _claviger_admin_v1_GetCellStatusRequest__Output>
        GetCellStatusResponse: MessageTypeDefinition<_claviger_admin_v1_GetCellStatusResponse, _claviger_admin_v1_GetCellStatusResponse__Output>
        GetStatusRequest: MessageTypeDefinition<_claviger_admin_v1_GetStatusRequest, _claviger_admin_v1_GetStatusRequest__Output>
        GetStatusResponse: MessageTypeDefinition<_claviger_admin_v1_GetStatusResponse, _claviger_admin_v1_GetStatusResponse__Output>
        ReplicaRole: EnumTypeDefinition
        StepDownRequest: MessageTypeDefinition<_claviger_admin_v1_StepDownRequest, _claviger_admin_v1_StepDownRequest__Output>
        StepDownResponse: MessageTypeDefinition<_claviger_admin_v1_StepDownResponse, _claviger_admin_v1_StepDownResponse__Output>
      }
    }
  }
}

