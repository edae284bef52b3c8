// Original file: proto/claviger/v1/lock_service.proto

import type { NodeKind as _claviger_v1_NodeKind, NodeKind__Output as _claviger_v1_NodeKind__Output } from '../../claviger/v1/NodeKind.ts';
import type { AclNames as _claviger_v1_AclNames, AclNames__Output as _claviger_v1_AclNames__Output } from '../../claviger/v1/AclNames.ts';
import type { Long } from '@grpc/proto-loader';

export interface NodeStat {
  'path'?: (string);
  'kind'?: (_claviger_v1_NodeKind);
  'ephemeral'?: (boolean);
  'instance'?: (number | string | Long);
  'contentGeneration'?: (number | string | Long);
  'lockGeneration'?: (number | string | Long);
  'aclGeneration'?: (number | string | Long);
  'checksum'?: (string);
  'size'?: (number);
  'childCount'?: (number);
  'commitIndex'?: (number | string | Long);
  'acl'?: (_claviger_v1_AclNames | null);
}

export interface NodeStat__Output {
  'path': (string);
  'kind': (_claviger_v1_NodeKind__Output);
  'ephemeral': (boolean);
  'instance': (string);
  'contentGeneration': (string);
  'lockGeneration': (string);
  'aclGeneration': (string);
  'checksum': (string);
  'size': (number);
  'childCount': (number);
  'commitIndex': (string);
  'acl': (_claviger_v1_AclNames__Output | null);
}
