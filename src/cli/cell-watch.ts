/**
 * What is said about a running cell: one line for every change, none for what stays. Pure: two pictures in, sentences
 * out.
 */
import type { CellStatus } from "../contract/cell-status.ts"
import { headline } from "./cell-picture.ts"

export function changesBetween(before: CellStatus, after: CellStatus): readonly string[] {
  const sentences: string[] = []
  for (const replica of after.replicas) {
    const earlier = before.replicas.find(({ id }) => id === replica.id)?.role ?? "down"
    // That a replica is down is told when its process ends, with the reason.
    if (replica.role === "learner" && earlier !== "learner") {
      sentences.push(`replica ${replica.id} is catching up; it does not vote yet`)
    } else if (isVoting(replica.role) && !isVoting(earlier)) sentences.push(`replica ${replica.id} is back`)
  }
  if (after.master !== 0 && (after.master !== before.master || after.epoch !== before.epoch)) {
    sentences.push(`replica ${after.master} is master (epoch ${after.epoch})`)
  }
  const summary = headline(after)
  if (summary !== headline(before)) sentences.push(summary)
  return sentences
}

function isVoting(role: string): boolean {
  return role === "master" || role === "replica"
}
