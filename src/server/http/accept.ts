/** Which form of an answer the caller likes best (RFC 9110, 12.5.1). */
import { DoorProblemError } from "./problem.ts"

/** The first of `offered` among those with the greatest weight. */
export function preferredType<Type extends string>(
  accept: string | undefined,
  offered: readonly [Type, ...Type[]],
): Type {
  if (accept === undefined) return offered[0]
  const ranges = accept.split(",").map(rangeOf)
  let best: Type | undefined
  let bestWeight = 0
  for (const type of offered) {
    const weight = weightOf(type, ranges)
    if (weight <= bestWeight) continue
    best = type
    bestWeight = weight
  }
  if (best !== undefined) return best
  throw new DoorProblemError("NOT_ACCEPTABLE", `This comes as ${offered.join(", ")}; none of them is accepted.`)
}

interface MediaRange {
  readonly name: string
  readonly weight: number
}

function rangeOf(text: string): MediaRange {
  const [name = "", ...parameters] = text.split(";").map((part) => part.trim().toLowerCase())
  const quality = parameters.find((parameter) => parameter.startsWith("q="))
  const weight = quality === undefined ? 1 : Number(quality.slice("q=".length))
  return { name, weight: weight >= 0 && weight <= 1 ? weight : 0 }
}

/** What speaks of the type most precisely decides. */
function weightOf(type: string, ranges: readonly MediaRange[]): number {
  const [family = ""] = type.split("/", 1)
  for (const name of [type, `${family}/*`, "*/*"]) {
    const found = ranges.find((range) => range.name === name)
    if (found !== undefined) return found.weight
  }
  return 0
}
