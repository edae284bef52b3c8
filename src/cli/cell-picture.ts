/**
 * A cell as its replicas describe it, each for itself, and what is to be said about that. Pure: `survey.ts` does the
 * asking.
 */
import type { ReplicaId } from "../base/brand.ts"
import type { ReplicaReport } from "../client/admin.ts"

/** The JSON of `status --json`: its shape is promised. */
export interface CellPicture {
  readonly cell: string
  readonly epoch: number
  /** Zero: nobody is master. */
  readonly master: ReplicaId
  /** How many more voting replicas may go; negative: how many have to come back before the cell serves. */
  readonly canLose: number
  readonly replicas: readonly PicturedReplica[]
}

interface PicturedReplica {
  readonly id: ReplicaId
  readonly role: "master" | "replica" | "learner" | "down"
  /** Zero, as all numbers, of a replica that is down. */
  readonly pid: number
  readonly grpc: string
  readonly http: string
  readonly chosenThrough: number
  readonly appliedThrough: number
  readonly version: string
}

export interface KnownReplica {
  readonly id: ReplicaId
  readonly grpc: string
  readonly http: string
}

/** `reports`: by id, of those that have answered. */
export function pictureOf(
  cell: string,
  known: readonly KnownReplica[],
  reports: ReadonlyMap<ReplicaId, ReplicaReport>,
): CellPicture {
  const answering = [...reports.values()]
  const masters = answering.filter(({ role }) => role === "master").sort((left, right) => right.epoch - left.epoch)
  // A deposed master may take itself for one until its lease is over; the newest is the one.
  const [master] = masters
  const replicas = known.map((each) => pictured(each, reports.get(each.id), master?.replicaId ?? 0))
  const votingCount = replicas.filter(({ role }) => role === "master" || role === "replica").length
  const spareCount = votingCount - quorumOf(known.length)
  return {
    cell,
    epoch: Math.max(0, ...answering.map(({ epoch }) => epoch)),
    master: master?.replicaId ?? 0,
    // While there is a master the cell serves, however few can be reached from here.
    canLose: master === undefined ? spareCount : Math.max(0, Math.min(master.canLose, spareCount)),
    replicas,
  }
}

export function quorumOf(replicaCount: number): number {
  return Math.floor(replicaCount / 2) + 1
}

function pictured(known: KnownReplica, report: ReplicaReport | undefined, master: ReplicaId): PicturedReplica {
  if (report === undefined) {
    return { ...known, role: "down", pid: 0, chosenThrough: 0, appliedThrough: 0, version: "" }
  }
  const { pid, grpc, http, chosenThrough, appliedThrough, version } = report
  const role = report.role === "master" && report.replicaId !== master ? "replica" : report.role
  return { id: report.replicaId, role, pid, grpc, http, chosenThrough, appliedThrough, version }
}

/** The cell in one line. */
export function headline(picture: CellPicture): string {
  const { canLose, master, replicas } = picture
  const voting = replicas.filter(({ role }) => role === "master" || role === "replica").length
  const needed = quorumOf(replicas.length)
  if (voting < needed && master === 0)
    return `no quorum: ${voting} of ${replicas.length} voting replicas answer, ${needed} needed`
  if (master === 0) return "no master at the moment: an election is under way"
  return `can lose ${canLose} more`
}

/** What is not as it should be with single replicas, a sentence each. `startLine`: how a replica is started again. */
export function complaints(picture: CellPicture, startLine: (id: ReplicaId) => string): readonly string[] {
  return picture.replicas.flatMap(({ id, role }) => {
    switch (role) {
      case "down":
        return [`replica ${id} is down; start it with: ${startLine(id)}`]
      case "learner":
        return [`replica ${id} is catching up; it does not vote yet`]
      case "master":
      case "replica":
        return []
    }
  })
}

/** One line per replica, under a line of titles. */
export function tableOf(picture: CellPicture): string {
  const rows = picture.replicas.map((replica) => {
    const isDown = replica.role === "down"
    const { id, pid, grpc, http, role, appliedThrough } = replica
    return [String(id), isDown ? "-" : String(pid), grpc, http, role, isDown ? "-" : String(appliedThrough)]
  })
  const lines = [["replica", "pid", "gRPC", "HTTP", "role", "applied"], ...rows]
  const widths = (lines[0] ?? []).map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)))
  return lines
    .map((line) =>
      line
        .map((word, column) => word.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n")
}
