// Original file: proto/claviger/v1/lock_service.proto

import type { NodeCreated as _claviger_v1_NodeCreated, NodeCreated__Output as _claviger_v1_NodeCreated__Output } from '../../claviger/v1/NodeCreated.ts';
import type { NodeDeleted as _claviger_v1_NodeDeleted, NodeDeleted__Output as _claviger_v1_NodeDeleted__Output } from '../../claviger/v1/NodeDeleted.ts';
import type { ContentsChanged as _claviger_v1_ContentsChanged, ContentsChanged__Output as _claviger_v1_ContentsChanged__Output } from '../../claviger/v1/ContentsChanged.ts';
import type { AclChanged as _claviger_v1_AclChanged, AclChanged__Output as _claviger_v1_AclChanged__Output } from '../../claviger/v1/AclChanged.ts';
import type { LockAcquired as _claviger_v1_LockAcquired, LockAcquired__Output as _claviger_v1_LockAcquired__Output } from '../../claviger/v1/LockAcquired.ts';
import type { LockFreed as _claviger_v1_LockFreed, LockFreed__Output as _claviger_v1_LockFreed__Output } from '../../claviger/v1/LockFreed.ts';
import type { LockRequested as _claviger_v1_LockRequested, LockRequested__Output as _claviger_v1_LockRequested__Output } from '../../claviger/v1/LockRequested.ts';
import type { Long } from '@grpc/proto-loader';

export interface NodeChange {
  'path'?: (string);
  'instance'?: (number | string | Long);
  'nodeCreated'?: (_claviger_v1_NodeCreated | null);
  'nodeDeleted'?: (_claviger_v1_NodeDeleted | null);
  'contentsChanged'?: (_claviger_v1_ContentsChanged | null);
  'aclChanged'?: (_claviger_v1_AclChanged | null);
  'lockAcquired'?: (_claviger_v1_LockAcquired | null);
  'lockFreed'?: (_claviger_v1_LockFreed | null);
  'lockRequested'?: (_claviger_v1_LockRequested | null);
  'change'?: "nodeCreated"|"nodeDeleted"|"contentsChanged"|"aclChanged"|"lockAcquired"|"lockFreed"|"lockRequested";
}

export interface NodeChange__Output {
  'path': (string);
  'instance': (string);
  'nodeCreated'?: (_claviger_v1_NodeCreated__Output | null);
  'nodeDeleted'?: (_claviger_v1_NodeDeleted__Output | null);
  'contentsChanged'?: (_claviger_v1_ContentsChanged__Output | null);
  'aclChanged'?: (_claviger_v1_AclChanged__Output | null);
  'lockAcquired'?: (_claviger_v1_LockAcquired__Output | null);
  'lockFreed'?: (_claviger_v1_LockFreed__Output | null);
  'lockRequested'?: (_claviger_v1_LockRequested__Output | null);
  'change'?: "nodeCreated"|"nodeDeleted"|"contentsChanged"|"aclChanged"|"lockAcquired"|"lockFreed"|"lockRequested";
}
