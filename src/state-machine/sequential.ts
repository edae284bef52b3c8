/**
 * Names with a number: `job-` becomes `job-0000000007`, where the directory counts. A number is never given out twice
 * by one directory, so the order of names is the order in which the nodes were made, also of those that are gone. With
 * ten digits that is the order of code units too, up to ten thousand million nodes.
 */
import { type Refusal, refuse } from "../contract/errors.ts"
import { formatPath, quoted, splitPath } from "../contract/node-path.ts"
import type { CreateRule } from "../contract/requests.ts"
import type { Caller } from "./caller.ts"
import { type VacantPlace, findNode } from "./resolve.ts"
import { type State, pathOf } from "./state.ts"

const digits = 10
const takenNamesMax = 1_000

interface SequentialPlace extends VacantPlace {
  readonly sequence: number
}

/** Where the next node whose name begins as `path` does will be. */
export function findSequentialPlace(
  state: State,
  caller: Caller,
  { path, create }: { readonly path: string; readonly create: CreateRule },
): SequentialPlace | Refusal {
  if (create === "mustExist") {
    return refuse("INVALID_ARGUMENT", `A sequential name is given to a new node, but ${quoted(path)} must exist.`)
  }
  const parsed = splitPath(path, state.cellName)
  if (parsed.kind === "refused") return parsed
  const above = parsed.parts.slice(0, -1)
  const stem = parsed.parts.at(-1)
  if (stem === undefined) return refuse("INVALID_ARGUMENT", "A sequential name begins with a name, not with the root.")
  const parent = findNode(state, { kind: "path", path: formatPath(state.cellName, above) }, "write", caller)
  if (parent.kind === "refused") return parent
  if (parent.kind === "file")
    return refuse("NOT_A_DIRECTORY", `${pathOf(state, parent)} is a file and has no children.`)
  const first = parent.lastSequence + 1
  let sequence = first
  // Somebody may have taken a name by hand that looks like one of these; but nobody may have us search for ever.
  while (parent.children.has(sequentialName(stem, sequence))) {
    sequence += 1
    if (sequence - first > takenNamesMax) {
      const taken = `${pathOf(state, parent)}/${sequentialName(stem, first)} and ${takenNamesMax} names after it`
      return refuse("NODE_EXISTS", `${taken} have been taken by hand.`)
    }
  }
  const name = sequentialName(stem, sequence)
  const tooLong = splitPath(formatPath(state.cellName, [...above, name]), state.cellName)
  return tooLong.kind === "refused" ? tooLong : { kind: "vacant", parent, name, sequence }
}

function sequentialName(stem: string, sequence: number): string {
  return `${stem}${String(sequence).padStart(digits, "0")}`
}

/** Whether the cell itself might give a node this name, so that nobody can tell beforehand that it will come. */
export function looksSequential(name: string): boolean {
  return /\d{10}$/.test(name)
}
