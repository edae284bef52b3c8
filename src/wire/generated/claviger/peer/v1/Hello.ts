// Original file: proto/claviger/peer/v1/peer.proto


export interface Hello {
  'formatVersion'?: (number);
  'cellId'?: (string);
  'replicaId'?: (number);
  'recipientId'?: (number);
  'configDigest'?: (string);
}

export interface Hello__Output {
  'formatVersion': (number);
  'cellId': (string);
  'replicaId': (number);
  'recipientId': (number);
  'configDigest': (string);
}
