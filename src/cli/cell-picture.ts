/** What is to be said about a cell, in words and as a table. */
import type { ReplicaId } from "../base/brand.ts"
import { quorumOf, type CellStatus } from "../contract/cell-status.ts"

/** The cell in one line. */
export function headline(picture: CellStatus): string {
  const { canLose, master, replicas } = picture
  const voting = replicas.filter(({ role }) => role === "master" || role === "replica").length
  const needed = quorumOf(replicas.length)
  if (voting < needed && master === 0)
    return `no quorum: ${voting} of ${replicas.length} voting replicas answer, ${needed} needed`
  if (master === 0) return "no master at the moment: an election is under way"
  return `can lose ${canLose} more`
}

/** What is not as it should be with single replicas, a sentence each. `startLine`: how a replica is started again. */
export function complaints(picture: CellStatus, startLine: (id: ReplicaId) => string): readonly string[] {
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
export function tableOf(picture: CellStatus): string {
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
