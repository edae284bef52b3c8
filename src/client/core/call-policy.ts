/**
 * What the library does about an outcome before its caller hears of it. Whether a refusal may be retried is said by the
 * error table; here it is decided *where*: at another replica, or at the same one in a moment.
 */
import type { Epoch } from "../../base/brand.ts"
import type { DurationMs } from "../../base/instant.ts"
import type { Refusal } from "../../contract/errors.ts"

export type Verdict =
  /** The caller hears it. */
  | { readonly kind: "settle" }
  /** This replica can't serve: find the one that can, and send again under the same request number. */
  | { readonly kind: "seekMaster"; readonly refusal: Refusal }
  /** This replica is the right one: send again after the pause, and no sooner. */
  | { readonly kind: "askAgain"; readonly refusal: Refusal; readonly pauseMs: DurationMs }

export interface Circumstances {
  /** Of the reply. */
  readonly epoch: Epoch
  /** The newest that any reply has carried, this one included. */
  readonly newestEpoch: Epoch
  /** How often this replica has put this call off already, or has made others wait without serving anybody. */
  readonly postponedCount: number
  /** Whether another replica has just named a master, and not this one. */
  readonly isMasterElsewhere: boolean
}

/** After so many pauses a replica that is always about to serve is believed to be cut off. */
const postponementsMax = 5

/**
 * A follower is about to know the next master for as long as an election lasts. To ask it some more costs less than to
 * connect to another one that doesn't know either.
 */
const electionPausesMax = 8

const pauseMsMax: DurationMs = 10_000

export function judge(outcome: { readonly kind: string } | Refusal, circumstances: Circumstances): Verdict {
  if (!isRefusal(outcome)) return { kind: "settle" }
  const { epoch, newestEpoch, postponedCount, isMasterElsewhere } = circumstances
  switch (outcome.code) {
    case "NOT_MASTER":
      return { kind: "seekMaster", refusal: outcome }
    case "NO_QUORUM":
      // A master (a follower knows of no epoch) whose lease has just lapsed mostly has it back in a moment, and nobody else
      // is master much sooner. If all its clients left at once, each for a new connection, they would keep the whole cell
      // busy with that.
      return epoch !== 0 && epoch === newestEpoch && postponedCount < postponementsMax && !isMasterElsewhere
        ? { kind: "askAgain", refusal: outcome, pauseMs: doubling(20, postponedCount, 160) }
        : { kind: "seekMaster", refusal: outcome }
    case "EPOCH_STALE":
      // Either the replica has been deposed, or the call still carried the epoch of the master before it.
      return epoch === newestEpoch && postponedCount < postponementsMax
        ? { kind: "askAgain", refusal: outcome, pauseMs: 0 }
        : { kind: "seekMaster", refusal: outcome }
    case "FAIL_OVER_IN_PROGRESS":
      // One that knows of no master while others do has lost sight of it, and of much else.
      return postponedCount < electionPausesMax && !isMasterElsewhere
        ? { kind: "askAgain", refusal: outcome, pauseMs: pauseOf(outcome, doubling(10, postponedCount, 80)) }
        : { kind: "seekMaster", refusal: outcome }
    case "OVERLOADED":
      return { kind: "askAgain", refusal: outcome, pauseMs: pauseOf(outcome, doubling(50, postponedCount, 2_000)) }
    default:
      return { kind: "settle" }
  }
}

/** The master knows its load better than we do; but nobody is to make a client wait for minutes. */
function pauseOf({ retryAfterMs }: Refusal, otherwise: DurationMs): DurationMs {
  return retryAfterMs === undefined ? otherwise : Math.min(Math.max(retryAfterMs, otherwise), pauseMsMax)
}

function doubling(first: DurationMs, times: number, longest: DurationMs): DurationMs {
  return Math.min(first << Math.min(times, 10), longest)
}

function isRefusal(outcome: { readonly kind: string }): outcome is Refusal {
  return outcome.kind === "refused"
}
