// Original file: proto/claviger/peer/v1/peer.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { Frame as _claviger_peer_v1_Frame, Frame__Output as _claviger_peer_v1_Frame__Output } from '../../../claviger/peer/v1/Frame.ts';

export interface PeerServiceClient extends grpc.Client {
  Exchange(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_claviger_peer_v1_Frame, _claviger_peer_v1_Frame__Output>;
  Exchange(options?: grpc.CallOptions): grpc.ClientDuplexStream<_claviger_peer_v1_Frame, _claviger_peer_v1_Frame__Output>;
  exchange(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_claviger_peer_v1_Frame, _claviger_peer_v1_Frame__Output>;
  exchange(options?: grpc.CallOptions): grpc.ClientDuplexStream<_claviger_peer_v1_Frame, _claviger_peer_v1_Frame__Output>;
  
}

export interface PeerServiceHandlers extends grpc.UntypedServiceImplementation {
  Exchange: grpc.handleBidiStreamingCall<_claviger_peer_v1_Frame__Output, _claviger_peer_v1_Frame>;
  
}

export interface PeerServiceDefinition extends grpc.ServiceDefinition {
  Exchange: MethodDefinition<_claviger_peer_v1_Frame, _claviger_peer_v1_Frame, _claviger_peer_v1_Frame__Output, _claviger_peer_v1_Frame__Output>
}
