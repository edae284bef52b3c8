/**
 * How many calls of one stream are under way: each from when it was read until its result was sent. KeepAlives and
 * Acquires stay for long by their nature, so they are counted apart: ten thousand sessions that share a stream, all
 * parked and all waiting for locks, leave room for everything else.
 */
import { type Refusal, refuse } from "../../contract/errors.ts"
import { lifelines } from "../../contract/lifelines.ts"
import { limits } from "../../contract/limits.ts"
import type { OperationKind } from "../../contract/requests.ts"

export class StreamLoad {
  readonly #underWay = { keepAlive: 0, acquire: 0, other: 0 }

  /** Counts the call in, unless that would be too many. */
  enter(kind: OperationKind): Refusal | undefined {
    const lane = laneOf(kind)
    const room = roomFor(kind)
    if (this.#underWay[lane] >= room) {
      const detail = `${room} calls of this stream are waiting for their answers, which are as many as may.`
      return refuse("OVERLOADED", detail)
    }
    this.#underWay[lane] += 1
    return undefined
  }

  leave(kind: OperationKind): void {
    this.#underWay[laneOf(kind)] -= 1
  }
}

function laneOf(kind: OperationKind): "keepAlive" | "acquire" | "other" {
  return kind === "keepAlive" || kind === "acquire" ? kind : "other"
}

function roomFor(kind: OperationKind): number {
  const { parkedCallsPerStreamMax, outstandingRequestsMax, operationsPerMessageMax } = limits
  if (laneOf(kind) !== "other") return parkedCallsPerStreamMax
  return lifelines.has(kind) ? outstandingRequestsMax + operationsPerMessageMax : outstandingRequestsMax
}
