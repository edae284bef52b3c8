/**
 * A cell as its replicas describe it, each for itself. How one master, one epoch and one verdict (how many more may be
 * lost) come out of answers that contradict each other or are missing is decided here, the same for all who ask around.
 */
import type { Epoch, ReplicaId, Slot } from "../base/brand.ts"
import type { ReplicaRole, ReplicaStatus } from "./requests.ts"

/** What one replica says of itself. Addresses are `host:port`. */
export interface ReplicaReport extends ReplicaStatus {
  readonly pid: number
  readonly version: string
  readonly grpc: string
  readonly http: string
  readonly peer: string
}

/** The JSON of `status --json` and of `/healthz`: its shape is promised. */
export interface CellStatus {
  readonly cell: string
  readonly epoch: Epoch
  /** Zero: nobody is master. */
  readonly master: ReplicaId
  /** How many more voting replicas may go; -1: too few answer for the cell to serve. */
  readonly canLose: number
  readonly replicas: readonly CellReplica[]
}

/** Of a replica that is down only its id and addresses are known; its numbers are zero. */
export interface CellReplica {
  readonly id: ReplicaId
  readonly role: ReplicaRole | "down"
  readonly pid: number
  readonly grpc: string
  readonly http: string
  readonly chosenThrough: Slot
  readonly appliedThrough: Slot
  readonly version: string
}

/** A replica that belongs to the cell, whether it answers or not. */
export interface KnownReplica {
  readonly id: ReplicaId
  readonly grpc: string
  readonly http: string
}

/** `reports`: by id, of those that have answered. */
export function cellStatusOf(
  cell: string,
  known: readonly KnownReplica[],
  reports: ReadonlyMap<ReplicaId, ReplicaReport>,
): CellStatus {
  const answering = [...reports.values()]
  // One that was deposed and doesn't know it yet still calls itself master, of an earlier epoch.
  const [master] = answering.filter(({ role }) => role === "master").sort((left, right) => right.epoch - left.epoch)
  const votingCount = answering.filter(({ role }) => role !== "learner").length
  const spareCount = votingCount - quorumOf(known.length)
  return {
    cell,
    epoch: Math.max(0, ...answering.map(({ epoch }) => epoch)),
    master: master?.replicaId ?? 0,
    // The master knows who follows it, whoever asks around who answers: what both count is safe to lose. But while there
    // is a master the cell serves, however few can be reached from here.
    canLose: master === undefined ? Math.max(-1, spareCount) : Math.max(0, Math.min(master.canLose, spareCount)),
    replicas: known.map((each) => describe(each, reports.get(each.id), master)),
  }
}

export function quorumOf(replicaCount: number): number {
  return Math.floor(replicaCount / 2) + 1
}

/** Field by field: what else is known of a replica is no part of the promised shape. */
function describe(
  { id, grpc, http }: KnownReplica,
  report: ReplicaReport | undefined,
  master: ReplicaReport | undefined,
): CellReplica {
  if (report === undefined) {
    return { id, role: "down", pid: 0, grpc, http, chosenThrough: 0, appliedThrough: 0, version: "" }
  }
  const { pid, chosenThrough, appliedThrough, version } = report
  const role = report.role === "master" && report !== master ? "replica" : report.role
  return { id, role, pid, grpc, http, chosenThrough, appliedThrough, version }
}
