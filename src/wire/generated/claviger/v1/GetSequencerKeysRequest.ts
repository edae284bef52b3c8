// Original file: proto/claviger/v1/lock_service.proto


export interface GetSequencerKeysRequest {
}

export interface GetSequencerKeysRequest__Output {
}
