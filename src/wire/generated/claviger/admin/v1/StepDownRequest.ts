// Original file: proto/claviger/admin/v1/admin.proto


export interface StepDownRequest {
}

export interface StepDownRequest__Output {
}
