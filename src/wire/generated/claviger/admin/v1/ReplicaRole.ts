// Original file: proto/claviger/admin/v1/admin.proto

export const ReplicaRole = {
  REPLICA_ROLE_UNSPECIFIED: 'REPLICA_ROLE_UNSPECIFIED',
  REPLICA_ROLE_MASTER: 'REPLICA_ROLE_MASTER',
  REPLICA_ROLE_REPLICA: 'REPLICA_ROLE_REPLICA',
  REPLICA_ROLE_LEARNER: 'REPLICA_ROLE_LEARNER',
  REPLICA_ROLE_DOWN: 'REPLICA_ROLE_DOWN',
} as const;

export type ReplicaRole =
  | 'REPLICA_ROLE_UNSPECIFIED'
  | 0
  | 'REPLICA_ROLE_MASTER'
  | 1
  | 'REPLICA_ROLE_REPLICA'
  | 2
  | 'REPLICA_ROLE_LEARNER'
  | 3
  | 'REPLICA_ROLE_DOWN'
  | 4

export type ReplicaRole__Output = typeof ReplicaRole[keyof typeof ReplicaRole]
