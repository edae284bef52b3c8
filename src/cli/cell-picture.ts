/** What is to be said about a cell, in words and as a table. */
import type { ReplicaId } from "../base/brand.ts"
import { quorumOf, type CellReplica, type CellStatus } from "../contract/cell-status.ts"
import type { Surveyed } from "./survey.ts"
import { aligned } from "./table.ts"

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
export function complaints({ picture, silent }: Surveyed, startLine: (id: ReplicaId) => string): readonly string[] {
  return picture.replicas.flatMap(({ id, role }) => {
    switch (role) {
      case "down":
        if (silent.has(id)) return [`replica ${id} does not answer; it may be frozen or overloaded`]
        return [`replica ${id} is down; start it with: ${startLine(id)}`]
      case "learner":
        return [`replica ${id} is catching up; it does not vote yet`]
      case "master":
      case "replica":
        return []
    }
  })
}

/** Why there is no master, in one line. */
export function whyNoMaster({ picture, silent }: Surveyed): string {
  const idsWhere = (isMeant: (replica: CellReplica) => boolean): readonly ReplicaId[] =>
    picture.replicas.filter(isMeant).map(({ id }) => id)
  const groups = [
    inGroup(
      idsWhere(({ id, role }) => role === "down" && !silent.has(id)),
      { one: "is down", many: "are down" },
    ),
    inGroup(
      idsWhere(({ id }) => silent.has(id)),
      { one: "does not answer", many: "do not answer" },
    ),
    inGroup(
      idsWhere(({ role }) => role === "learner"),
      { one: "is a learner, which does not vote yet", many: "are learners, which do not vote yet" },
    ),
  ]
  return [headline(picture), ...groups.flat()].join("; ")
}

function inGroup(ids: readonly ReplicaId[], { one, many }: { one: string; many: string }): readonly string[] {
  if (ids.length === 0) return []
  return [ids.length === 1 ? `replica ${ids.join("")} ${one}` : `replicas ${ids.join(", ")} ${many}`]
}

/** One line per replica, under a line of titles. */
export function tableOf(picture: CellStatus): string {
  const rows = picture.replicas.map((replica) => {
    const isDown = replica.role === "down"
    const { id, pid, grpc, http, role, appliedThrough } = replica
    return [String(id), isDown ? "-" : String(pid), grpc, http, role, isDown ? "-" : String(appliedThrough)]
  })
  return aligned([["replica", "pid", "gRPC", "HTTP", "role", "applied"], ...rows])
}
