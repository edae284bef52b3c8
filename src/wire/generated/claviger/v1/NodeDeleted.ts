// Original file: proto/claviger/v1/lock_service.proto


export interface NodeDeleted {
}

export interface NodeDeleted__Output {
}
