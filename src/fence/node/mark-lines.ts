/**
 * Marks as lines of text. What was appended and synced in one go is one line: its checksum, a blank, and a JSON list of
 * marks. Each checksum goes on from the one before, so that a line which has gone missing is noticed too.
 */
import { crc32c } from "../../base/checksum.ts"
import { compareMarks, type Mark } from "../marks.ts"

export const header = "claviger-marks 1\n"

export interface Line {
  readonly text: string
  /** Of everything so far; what the next line goes on from. */
  readonly checksum: number
}

export function lineOf(marks: Iterable<readonly [string, Mark]>, checksumBefore: number): Line {
  const entries = Array.from(marks, ([lock, { instance, lockGeneration, epoch, principal }]) => [
    ...[lock, instance, lockGeneration, epoch, principal],
  ])
  const json = JSON.stringify(entries)
  const checksum = crc32c(Buffer.from(json), checksumBefore)
  return { text: `${spelled(checksum)} ${json}\n`, checksum }
}

export type Reading =
  | { readonly kind: "read"; readonly marks: Map<string, Mark> }
  /** `line`: the first that is not as it was written, counted from one. */
  | { readonly kind: "damaged"; readonly line: number }

/** Of a whole file. */
export function readLines(bytes: Buffer): Reading {
  if (bytes.toString("latin1", 0, header.length) !== header) return { kind: "damaged", line: 1 }
  const marks = new Map<string, Mark>()
  let checksum = 0
  let lineNumber = 2
  for (let from = header.length; from < bytes.length; lineNumber += 1) {
    const end = bytes.indexOf("\n", from)
    const line = bytes.subarray(from, end === -1 ? bytes.length : end)
    const json = line.subarray(9)
    const expected = crc32c(json, checksum)
    const entries =
      end !== -1 && line.toString("latin1", 0, 9) === `${spelled(expected)} ` ? entriesIn(json) : undefined
    if (entries === undefined)
      return isTorn(bytes.subarray(from)) ? { kind: "read", marks } : { kind: "damaged", line: lineNumber }
    for (const [lock, mark] of entries) {
      const standing = marks.get(lock)
      if (standing === undefined || compareMarks(standing, mark) < 0) marks.set(lock, mark)
    }
    checksum = expected
    from = end + 1
  }
  return { kind: "read", marks }
}

/**
 * Whether this is a last line that a crash cut short: nobody was admitted on the strength of it. It then lacks its end,
 * or has zeros where the disk never got the rest. A line that is complete, and wrong, was once right: it may have been
 * relied on, and what it said is not known any more.
 */
function isTorn(tail: Buffer): boolean {
  const end = tail.indexOf("\n")
  return end === -1 || (end === tail.length - 1 && tail.includes(0))
}

function entriesIn(json: Buffer): readonly (readonly [string, Mark])[] | undefined {
  try {
    return (JSON.parse(json.toString()) as readonly unknown[]).map(entryFrom)
  } catch {
    // The checksum matches, so this was written by something else than `lineOf`: the caller says that it is damaged.
    return undefined
  }
}

function entryFrom(entry: unknown): readonly [string, Mark] {
  const [lock, instance, lockGeneration, epoch, principal] = entry as readonly unknown[]
  const isSound = typeof lock === "string" && typeof principal === "string"
  if (!isSound || !isWhole(instance) || !isWhole(lockGeneration) || !isWhole(epoch)) throw new TypeError("no mark")
  return [lock, { instance, lockGeneration, epoch, principal }]
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value)
}

function spelled(checksum: number): string {
  return checksum.toString(16).padStart(8, "0")
}
