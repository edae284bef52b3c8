// Original file: proto/claviger/v1/lock_service.proto

export const NodeKind = {
  NODE_KIND_UNSPECIFIED: 'NODE_KIND_UNSPECIFIED',
  NODE_KIND_FILE: 'NODE_KIND_FILE',
  NODE_KIND_DIRECTORY: 'NODE_KIND_DIRECTORY',
} as const;

export type NodeKind =
  | 'NODE_KIND_UNSPECIFIED'
  | 0
  | 'NODE_KIND_FILE'
  | 1
  | 'NODE_KIND_DIRECTORY'
  | 2

export type NodeKind__Output = typeof NodeKind[keyof typeof NodeKind]
