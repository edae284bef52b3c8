// Original file: proto/claviger/v1/lock_service.proto


export interface AclChanged {
}

export interface AclChanged__Output {
}
