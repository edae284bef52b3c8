// Original file: proto/claviger/v1/lock_service.proto

export const NodeCounter = {
  NODE_COUNTER_UNSPECIFIED: 'NODE_COUNTER_UNSPECIFIED',
  NODE_COUNTER_INSTANCE: 'NODE_COUNTER_INSTANCE',
  NODE_COUNTER_CONTENT: 'NODE_COUNTER_CONTENT',
  NODE_COUNTER_LOCK: 'NODE_COUNTER_LOCK',
  NODE_COUNTER_ACL: 'NODE_COUNTER_ACL',
} as const;

export type NodeCounter =
  | 'NODE_COUNTER_UNSPECIFIED'
  | 0
  | 'NODE_COUNTER_INSTANCE'
  | 1
  | 'NODE_COUNTER_CONTENT'
  | 2
  | 'NODE_COUNTER_LOCK'
  | 3
  | 'NODE_COUNTER_ACL'
  | 4

export type NodeCounter__Output = typeof NodeCounter[keyof typeof NodeCounter]
