// Original file: proto/claviger/admin/v1/admin.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { GetCellStatusRequest as _claviger_admin_v1_GetCellStatusRequest, GetCellStatusRequest__Output as _claviger_admin_v1_GetCellStatusRequest__Output } from '../../../claviger/admin/v1/GetCellStatusRequest.ts';
import type { GetCellStatusResponse as _claviger_admin_v1_GetCellStatusResponse, GetCellStatusResponse__Output as _claviger_admin_v1_GetCellStatusResponse__Output } from '../../../claviger/admin/v1/GetCellStatusResponse.ts';
import type { GetStatusRequest as _claviger_admin_v1_GetStatusRequest, GetStatusRequest__Output as _claviger_admin_v1_GetStatusRequest__Output } from '../../../claviger/admin/v1/GetStatusRequest.ts';
import type { GetStatusResponse as _claviger_admin_v1_GetStatusResponse, GetStatusResponse__Output as _claviger_admin_v1_GetStatusResponse__Output } from '../../../claviger/admin/v1/GetStatusResponse.ts';
import type { StepDownRequest as _claviger_admin_v1_StepDownRequest, StepDownRequest__Output as _claviger_admin_v1_StepDownRequest__Output } from '../../../claviger/admin/v1/StepDownRequest.ts';
import type { StepDownResponse as _claviger_admin_v1_StepDownResponse, StepDownResponse__Output as _claviger_admin_v1_StepDownResponse__Output } from '../../../claviger/admin/v1/StepDownResponse.ts';

export interface AdminServiceClient extends grpc.Client {
  GetCellStatus(argument: _claviger_admin_v1_GetCellStatusRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_admin_v1_GetCellStatusResponse__Output>): grpc.ClientUnaryCall;
  GetCellStatus(argument: _claviger_admin_v1_GetCellStatusRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_claviger_admin_v1_GetCellStatusResponse__Output>): grpc.ClientUnaryCall;
  GetCellStatus(argument: _claviger_admin_v1_GetCellStatusRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_admin_v1_GetCellStatusResponse__Output>): grpc.ClientUnaryCall;
  GetCellStatus(argument: _claviger_admin_v1_GetCellStatusRequest, callback: grpc.requestCallback<_claviger_admin_v1_GetCellStatusResponse__Output>): grpc.ClientUnaryCall;
  getCellStatus(argument: _claviger_admin_v1_GetCellStatusRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_admin_v1_GetCellStatusResponse__Output>): grpc.ClientUnaryCall;
  getCellStatus(argument: _claviger_admin_v1_GetCellStatusRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_claviger_admin_v1_GetCellStatusResponse__Output>): grpc.ClientUnaryCall;
  getCellStatus(argument: _claviger_admin_v1_GetCellStatusRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_admin_v1_GetCellStatusResponse__Output>): grpc.ClientUnaryCall;
  getCellStatus(argument: _claviger_admin_v1_GetCellStatusRequest, callback: grpc.requestCallback<_claviger_admin_v1_GetCellStatusResponse__Output>): grpc.ClientUnaryCall;
  
  GetStatus(argument: _claviger_admin_v1_GetStatusRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_admin_v1_GetStatusResponse__Output>): grpc.ClientUnaryCall;
  GetStatus(argument: _claviger_admin_v1_GetStatusRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_claviger_admin_v1_GetStatusResponse__Output>): grpc.ClientUnaryCall;
  GetStatus(argument: _claviger_admin_v1_GetStatusRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_admin_v1_GetStatusResponse__Output>): grpc.ClientUnaryCall;
  GetStatus(argument: _claviger_admin_v1_GetStatusRequest, callback: grpc.requestCallback<_claviger_admin_v1_GetStatusResponse__Output>): grpc.ClientUnaryCall;
  getStatus(argument: _claviger_admin_v1_GetStatusRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_admin_v1_GetStatusResponse__Output>): grpc.ClientUnaryCall;
  getStatus(argument: _claviger_admin_v1_GetStatusRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_claviger_admin_v1_GetStatusResponse__Output>): grpc.ClientUnaryCall;
  getStatus(argument: _claviger_admin_v1_GetStatusRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_admin_v1_GetStatusResponse__Output>): grpc.ClientUnaryCall;
  getStatus(argument: _claviger_admin_v1_GetStatusRequest, callback: grpc.requestCallback<_claviger_admin_v1_GetStatusResponse__Output>): grpc.ClientUnaryCall;
  
  StepDown(argument: _claviger_admin_v1_StepDownRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_admin_v1_StepDownResponse__Output>): grpc.ClientUnaryCall;
  StepDown(argument: _claviger_admin_v1_StepDownRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_claviger_admin_v1_StepDownResponse__Output>): grpc.ClientUnaryCall;
  StepDown(argument: _claviger_admin_v1_StepDownRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_admin_v1_StepDownResponse__Output>): grpc.ClientUnaryCall;
  StepDown(argument: _claviger_admin_v1_StepDownRequest, callback: grpc.requestCallback<_claviger_admin_v1_StepDownResponse__Output>): grpc.ClientUnaryCall;
  stepDown(argument: _claviger_admin_v1_StepDownRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_admin_v1_StepDownResponse__Output>): grpc.ClientUnaryCall;
  stepDown(argument: _claviger_admin_v1_StepDownRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_claviger_admin_v1_StepDownResponse__Output>): grpc.ClientUnaryCall;
  stepDown(argument: _claviger_admin_v1_StepDownRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_claviger_admin_v1_StepDownResponse__Output>): grpc.ClientUnaryCall;
  stepDown(argument: _claviger_admin_v1_StepDownRequest, callback: grpc.requestCallback<_claviger_admin_v1_StepDownResponse__Output>): grpc.ClientUnaryCall;
  
}

export interface AdminServiceHandlers extends grpc.UntypedServiceImplementation {
  GetCellStatus: grpc.handleUnaryCall<_claviger_admin_v1_GetCellStatusRequest__Output, _claviger_admin_v1_GetCellStatusResponse>;
  
  GetStatus: grpc.handleUnaryCall<_claviger_admin_v1_GetStatusRequest__Output, _claviger_admin_v1_GetStatusResponse>;
  
  StepDown: grpc.handleUnaryCall<_claviger_admin_v1_StepDownRequest__Output, _claviger_admin_v1_StepDownResponse>;
  
}

export interface AdminServiceDefinition extends grpc.ServiceDefinition {
  GetCellStatus: MethodDefinition<_claviger_admin_v1_GetCellStatusRequest, _claviger_admin_v1_GetCellStatusResponse, _claviger_admin_v1_GetCellStatusRequest__Output, _claviger_admin_v1_GetCellStatusResponse__Output>
  GetStatus: MethodDefinition<_claviger_admin_v1_GetStatusRequest, _claviger_admin_v1_GetStatusResponse, _claviger_admin_v1_GetStatusRequest__Output, _claviger_admin_v1_GetStatusResponse__Output>
  StepDown: MethodDefinition<_claviger_admin_v1_StepDownRequest, _claviger_admin_v1_StepDownResponse, _claviger_admin_v1_StepDownRequest__Output, _claviger_admin_v1_StepDownResponse__Output>
}
