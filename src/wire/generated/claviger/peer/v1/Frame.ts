// Original file: proto/claviger/peer/v1/peer.proto

import type { Hello as _claviger_peer_v1_Hello, Hello__Output as _claviger_peer_v1_Hello__Output } from '../../../claviger/peer/v1/Hello.ts';

export interface Frame {
  'hello'?: (_claviger_peer_v1_Hello | null);
  'messages'?: (Buffer | Uint8Array | string)[];
}

export interface Frame__Output {
  'hello': (_claviger_peer_v1_Hello__Output | null);
  'messages': (Buffer)[];
}
