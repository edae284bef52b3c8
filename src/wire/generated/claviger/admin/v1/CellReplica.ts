// Original file: proto/claviger/admin/v1/admin.proto

import type { ReplicaRole as _claviger_admin_v1_ReplicaRole, ReplicaRole__Output as _claviger_admin_v1_ReplicaRole__Output } from '../../../claviger/admin/v1/ReplicaRole.ts';
import type { Long } from '@grpc/proto-loader';

export interface CellReplica {
  'id'?: (number);
  'role'?: (_claviger_admin_v1_ReplicaRole);
  'pid'?: (number);
  'grpc'?: (string);
  'http'?: (string);
  'chosenThrough'?: (number | string | Long);
  'appliedThrough'?: (number | string | Long);
  'version'?: (string);
}

export interface CellReplica__Output {
  'id': (number);
  'role': (_claviger_admin_v1_ReplicaRole__Output);
  'pid': (number);
  'grpc': (string);
  'http': (string);
  'chosenThrough': (string);
  'appliedThrough': (string);
  'version': (string);
}
