// Original file: proto/claviger/v1/lock_service.proto

export const Scope = {
  SCOPE_UNSPECIFIED: 'SCOPE_UNSPECIFIED',
  SCOPE_NODE: 'SCOPE_NODE',
  SCOPE_CHILDREN: 'SCOPE_CHILDREN',
  SCOPE_SUBTREE: 'SCOPE_SUBTREE',
} as const;

export type Scope =
  | 'SCOPE_UNSPECIFIED'
  | 0
  | 'SCOPE_NODE'
  | 1
  | 'SCOPE_CHILDREN'
  | 2
  | 'SCOPE_SUBTREE'
  | 3

export type Scope__Output = typeof Scope[keyof typeof Scope]
