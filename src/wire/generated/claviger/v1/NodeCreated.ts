// Original file: proto/claviger/v1/lock_service.proto


export interface NodeCreated {
}

export interface NodeCreated__Output {
}
