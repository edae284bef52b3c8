/** What replicas tell operators about themselves and their cell, as the wire has it and as programs want it. */
import type { CellReplica, CellStatus, ReplicaReport } from "../contract/cell-status.ts"
import type { CellReplica__Output } from "./generated/claviger/admin/v1/CellReplica.ts"
import type {
  GetCellStatusResponse,
  GetCellStatusResponse__Output,
} from "./generated/claviger/admin/v1/GetCellStatusResponse.ts"
import type { GetStatusResponse, GetStatusResponse__Output } from "./generated/claviger/admin/v1/GetStatusResponse.ts"
import type { ReplicaRole__Output as WireRole } from "./generated/claviger/admin/v1/ReplicaRole.ts"
import { MalformedMessageError, wholeNumber } from "./terms.ts"

const wireRoles: { readonly [Role in CellReplica["role"]]: WireRole } = {
  master: "REPLICA_ROLE_MASTER",
  replica: "REPLICA_ROLE_REPLICA",
  learner: "REPLICA_ROLE_LEARNER",
  down: "REPLICA_ROLE_DOWN",
}

const roles: { readonly [Wire in WireRole]: CellReplica["role"] | undefined } = {
  REPLICA_ROLE_UNSPECIFIED: undefined,
  REPLICA_ROLE_MASTER: "master",
  REPLICA_ROLE_REPLICA: "replica",
  REPLICA_ROLE_LEARNER: "learner",
  REPLICA_ROLE_DOWN: "down",
}

export function reportToWire(report: ReplicaReport): GetStatusResponse {
  return { ...report, role: wireRoles[report.role] }
}

/** Raises `MalformedMessageError` if this is no report. */
export function reportFromWire(message: GetStatusResponse__Output): ReplicaReport {
  const role = roleFromWire(message.role)
  if (role === "down") throw new MalformedMessageError("a replica says of itself that it is down")
  return {
    ...message,
    role,
    epoch: wholeNumber(message.epoch),
    chosenThrough: wholeNumber(message.chosenThrough),
    appliedThrough: wholeNumber(message.appliedThrough),
    firstLogSlot: wholeNumber(message.firstLogSlot),
  }
}

export function cellStatusToWire(status: CellStatus): GetCellStatusResponse {
  const replicas = status.replicas.map((replica) => ({ ...replica, role: wireRoles[replica.role] }))
  return { ...status, replicas }
}

/** Raises `MalformedMessageError` if this is no picture of a cell. */
export function cellStatusFromWire(message: GetCellStatusResponse__Output): CellStatus {
  return { ...message, epoch: wholeNumber(message.epoch), replicas: message.replicas.map(replicaFromWire) }
}

function replicaFromWire(message: CellReplica__Output): CellReplica {
  return {
    ...message,
    role: roleFromWire(message.role),
    chosenThrough: wholeNumber(message.chosenThrough),
    appliedThrough: wholeNumber(message.appliedThrough),
  }
}

function roleFromWire(wire: WireRole): CellReplica["role"] {
  const role = roles[wire]
  if (role === undefined) throw new MalformedMessageError(`unknown role ${wire}`)
  return role
}
