/** Spans of time in a query, as people write them: `500ms`, `30s`, `5m`, `1h`. */
import type { DurationMs } from "../../base/instant.ts"
import { present } from "../../base/assert.ts"

const msPerUnit: ReadonlyMap<string, DurationMs> = new Map([
  ["ms", 1],
  ["s", 1_000],
  ["m", 60_000],
  ["h", 3_600_000],
])

/** Of text that has passed the schema `durationInQuery`. */
export function durationMs(text: string): DurationMs {
  const digits = /^\d+/.exec(text)?.[0] ?? ""
  return Number(digits) * present(msPerUnit.get(text.slice(digits.length)), "the schema knows the units")
}
