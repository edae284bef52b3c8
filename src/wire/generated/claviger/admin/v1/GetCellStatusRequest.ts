// Original file: proto/claviger/admin/v1/admin.proto


export interface GetCellStatusRequest {
}

export interface GetCellStatusRequest__Output {
}
