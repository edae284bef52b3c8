// Original file: proto/claviger/admin/v1/admin.proto

import type { CellReplica as _claviger_admin_v1_CellReplica, CellReplica__Output as _claviger_admin_v1_CellReplica__Output } from '../../../claviger/admin/v1/CellReplica.ts';
import type { Long } from '@grpc/proto-loader';

export interface GetCellStatusResponse {
  'cell'?: (string);
  'epoch'?: (number | string | Long);
  'master'?: (number);
  'canLose'?: (number);
  'replicas'?: (_claviger_admin_v1_CellReplica)[];
}

export interface GetCellStatusResponse__Output {
  'cell': (string);
  'epoch': (string);
  'master': (number);
  'canLose': (number);
  'replicas': (_claviger_admin_v1_CellReplica__Output)[];
}
