/**
 * What the library does about an outcome before its caller hears of it. Whether a refusal may be retried is said by the
 * error table; here it is decided *where*: at another replica, or at the same one in a moment.
 */
import type { ErrorCode, Refusal } from "../../contract/errors.ts"
import type { Outcome } from "../../contract/requests.ts"

export type Verdict =
  /** The caller hears it. */
  | { readonly kind: "settle" }
  /** This replica can't serve: find the one that can and send again, under the same request number. */
  | { readonly kind: "seekMaster"; readonly refusal: Refusal }
  /** This replica is the right one and will serve soon. */
  | { readonly kind: "askAgain"; readonly refusal: Refusal }

export function judge(outcome: Pick<Outcome, "kind"> | Refusal): Verdict {
  if (!isRefusal(outcome)) return { kind: "settle" }
  switch (outcome.code) {
    case "NOT_MASTER":
    case "NO_QUORUM":
    case "EPOCH_STALE":
      return { kind: "seekMaster", refusal: outcome }
    case "FAIL_OVER_IN_PROGRESS":
    case "OVERLOADED":
      return { kind: "askAgain", refusal: outcome }
    default:
      return { kind: "settle" }
  }
}

/** Milliseconds until a call that was told to come back is sent again: doubling, from a twentieth of a second at most. */
export function pauseBeforeAsking(code: ErrorCode, attempt: number): number {
  const [first, longest] = code === "OVERLOADED" ? [50, 2_000] : [15, 200]
  return Math.min(first << Math.min(attempt, 10), longest)
}

function isRefusal(outcome: { readonly kind: string }): outcome is Refusal {
  return outcome.kind === "refused"
}
