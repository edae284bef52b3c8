import type * as grpc from '@grpc/grpc-js';
import type { MessageTypeDefinition } from '@grpc/proto-loader';

import type { Frame as _claviger_peer_v1_Frame, Frame__Output as _claviger_peer_v1_Frame__Output } from './claviger/peer/v1/Frame.ts';
import type { Hello as _claviger_peer_v1_Hello, Hello__Output as _claviger_peer_v1_Hello__Output } from './claviger/peer/v1/Hello.ts';
import type { PeerServiceClient as _claviger_peer_v1_PeerServiceClient, PeerServiceDefinition as _claviger_peer_v1_PeerServiceDefinition } from './claviger/peer/v1/PeerService.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  claviger: {
    peer: {
      v1: {
        Frame: MessageTypeDefinition<_claviger_peer_v1_Frame, _claviger_peer_v1_Frame__Output>
        Hello: MessageTypeDefinition<_claviger_peer_v1_Hello, _claviger_peer_v1_Hello__Output>
        PeerService: SubtypeConstructor<typeof grpc.Client, _claviger_peer_v1_PeerServiceClient> & { service: _claviger_peer_v1_PeerServiceDefinition }
      }
    }
  }
}

