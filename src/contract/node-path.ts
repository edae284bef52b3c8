/**
 * Names of nodes: `/ls/<cell>/part/part`, where `local` stands for whichever cell one is talking to (paper, 2.3). A node
 * has one spelling inside its cell: nothing is trimmed, folded or resolved; what isn't canonical is refused by name.
 */
import { utf8Length } from "../base/bytes.ts"
import { type Refusal, refuse } from "./errors.ts"
import { limits } from "./limits.ts"

/** A place inside the cell. No parts: the root. */
export interface NodePath {
  readonly kind: "path"
  readonly parts: readonly string[]
}

/** The cell's name that every cell answers to. */
const localCell = "local"

/** What a door accepts. */
export function parsePath(path: string, cellName: string): NodePath | Refusal {
  const found = splitPath(path, cellName)
  if (found.kind === "refused") return found
  const odd = found.parts.find((part) => part.normalize("NFC") !== part)
  if (odd === undefined) return found
  return refuseSpelling(path, `its part ${quoted(odd)} is not in Unicode's composed form (NFC)`)
}

/**
 * The same without the question for NFC. The answer to that one depends on the engine's edition of Unicode, so it is
 * asked at the doors alone: replicas must agree on what a logged command does even while half of them are upgraded.
 */
export function splitPath(path: string, cellName: string): NodePath | Refusal {
  const [before, root, cell, ...parts] = path.split("/")
  if (before !== "" || root !== "ls" || cell === undefined) {
    return refuseSpelling(path, "a path begins with /ls/<cell>")
  }
  if (cell !== cellName && cell !== localCell) {
    return refuseSpelling(path, `it names the cell ${quoted(cell)}, but this is ${quoted(cellName)}`)
  }
  if (parts.length > limits.pathDepthMax) {
    return refuseSpelling(path, `it has ${parts.length} parts, but at most ${limits.pathDepthMax} are allowed`)
  }
  let length = "/ls/".length + utf8Length(cellName)
  for (const part of parts) {
    const problem = problemOfPart(part)
    if (problem !== undefined) return refuseSpelling(path, problem)
    length += 1 + utf8Length(part)
  }
  if (length > limits.pathBytesMax) {
    return refuseSpelling(path, `it takes ${length} bytes, but at most ${limits.pathBytesMax} are allowed`)
  }
  return { kind: "path", parts }
}

/** With the cell's own name, never `local`. */
export function formatPath(cellName: string, parts: readonly string[]): string {
  return parts.length === 0 ? `/ls/${cellName}` : `/ls/${cellName}/${parts.join("/")}`
}

// Cc: control characters. Cs: halves of a surrogate pair that stand alone. Neither class will ever change.
const unprintable = /[\p{Cc}\p{Cs}]/u

function problemOfPart(part: string): string | undefined {
  if (part === "") return "it has an empty part (a doubled or trailing slash)"
  if (part === "." || part === "..") return `"${part}" is not a name`
  if (unprintable.test(part)) return `its part ${quoted(part)} holds a control character or half a surrogate pair`
  const length = utf8Length(part)
  if (length <= limits.nameBytesMax) return undefined
  return `its part ${quoted(part)} takes ${length} bytes, but at most ${limits.nameBytesMax} are allowed`
}

function refuseSpelling(path: string, problem: string): Refusal {
  return refuse("INVALID_PATH", `${quoted(path)} names no node: ${problem}.`)
}

/** For a sentence: in quotes, on one line, of bounded length. */
export function quoted(text: string): string {
  return JSON.stringify(text.length <= 80 ? text : `${text.slice(0, 77)}...`)
}
