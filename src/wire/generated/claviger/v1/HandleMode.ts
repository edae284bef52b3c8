// Original file: proto/claviger/v1/lock_service.proto

export const HandleMode = {
  HANDLE_MODE_UNSPECIFIED: 'HANDLE_MODE_UNSPECIFIED',
  HANDLE_MODE_READ: 'HANDLE_MODE_READ',
  HANDLE_MODE_WRITE: 'HANDLE_MODE_WRITE',
  HANDLE_MODE_CHANGE_ACL: 'HANDLE_MODE_CHANGE_ACL',
} as const;

export type HandleMode =
  | 'HANDLE_MODE_UNSPECIFIED'
  | 0
  | 'HANDLE_MODE_READ'
  | 1
  | 'HANDLE_MODE_WRITE'
  | 2
  | 'HANDLE_MODE_CHANGE_ACL'
  | 3

export type HandleMode__Output = typeof HandleMode[keyof typeof HandleMode]
