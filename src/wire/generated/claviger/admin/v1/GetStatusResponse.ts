// Original file: proto/claviger/admin/v1/admin.proto

import type { ReplicaRole as _claviger_admin_v1_ReplicaRole, ReplicaRole__Output as _claviger_admin_v1_ReplicaRole__Output } from '../../../claviger/admin/v1/ReplicaRole.ts';
import type { Long } from '@grpc/proto-loader';

export interface GetStatusResponse {
  'cell'?: (string);
  'replicaId'?: (number);
  'role'?: (_claviger_admin_v1_ReplicaRole);
  'epoch'?: (number | string | Long);
  'master'?: (number);
  'canLose'?: (number);
  'chosenThrough'?: (number | string | Long);
  'appliedThrough'?: (number | string | Long);
  'firstLogSlot'?: (number | string | Long);
  'sessionCount'?: (number);
  'nodeCount'?: (number);
  'digest'?: (string);
  'pid'?: (number);
  'version'?: (string);
  'grpc'?: (string);
  'http'?: (string);
  'peer'?: (string);
}

export interface GetStatusResponse__Output {
  'cell': (string);
  'replicaId': (number);
  'role': (_claviger_admin_v1_ReplicaRole__Output);
  'epoch': (string);
  'master': (number);
  'canLose': (number);
  'chosenThrough': (string);
  'appliedThrough': (string);
  'firstLogSlot': (string);
  'sessionCount': (number);
  'nodeCount': (number);
  'digest': (string);
  'pid': (number);
  'version': (string);
  'grpc': (string);
  'http': (string);
  'peer': (string);
}
