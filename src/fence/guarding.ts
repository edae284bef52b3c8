/**
 * What all ready-made guards share: where a request shows its sequencer, which lock it is to be of, and what is said to
 * whoever is refused. For a framework that has no guard of its own, this is what one is made of.
 */
import { errorTable } from "../contract/errors.ts"
import type { Admission, AnyFence, Requirement } from "./fence.ts"
import type { Mark } from "./marks.ts"
import { type RefusalReason, type Refused, refused } from "./refusals.ts"

/** The name of the header over HTTP, where case means nothing, and the key of the metadata over gRPC. */
export const sequencerHeader = "claviger-sequencer"

/** How a request may pass: by a lock, or as it comes. An empty requirement is what the fence was set up with. */
export type Passage = "open" | Requirement

export type Guarded = Admission | { readonly kind: "open" }

/**
 * `values`: of the header, as they came, whether or not something on the way has joined them with commas. Never throws
 * and never rejects, not even if `passage` does.
 */
export async function admitByHeader(
  fence: AnyFence,
  values: string | readonly string[] | undefined,
  passage: () => Passage,
): Promise<Guarded> {
  try {
    const asked = passage()
    if (asked === "open") return { kind: "open" }
    // No sequencer has a comma in it.
    const shown = [values ?? []].flat().flatMap((value) => value.split(","))
    if (shown.length > 1) return refused("malformed", "The request shows several sequencers; which one is meant?")
    return await fence.admit(shown[0]?.trim(), asked)
  } catch (cause) {
    // Nobody gets in by making somebody else's code stumble.
    return refused("guardFailed", "The resource can't tell by which lock this is guarded.", { cause })
  }
}

/** Somebody else's log, which fails: the caller has been refused all the same, and the resource goes on. */
export function tellRefused(tell: () => void): void {
  try {
    tell()
  } catch {
    // There is nobody else to tell.
  }
}

/** The body of the answer to whoever is refused over HTTP: `application/problem+json` (RFC 9457). */
export interface RefusalProblem {
  readonly type: "about:blank"
  /** That of the status. */
  readonly title: string
  readonly status: number
  readonly code: string
  readonly reason: RefusalReason
  readonly detail: string
  /** Who has held the lock since: of "staleGeneration" and "otherInstance". */
  readonly supersededBy?: Mark
}

/** Says nothing of what went wrong behind a refusal: that is for the log of the resource. */
export function problemOf({ code, reason, detail, supersededBy }: Refused): RefusalProblem {
  const status = reason === "missing" ? preconditionRequired : errorTable[code].http
  const title = titles.get(status) ?? "Refused"
  const problem = { type: "about:blank", title, status, code, reason, detail } as const
  return supersededBy === undefined ? problem : { ...problem, supersededBy }
}

/** Whether the same request may be sent again in a moment. */
export function isWorthRepeating({ code }: Refused): boolean {
  return errorTable[code].retry === "same"
}

/** RFC 6585, section 3: the request lacks what would let the resource tell whether it comes too late. */
const preconditionRequired = 428

const titles: ReadonlyMap<number, string> = new Map([
  [400, "Bad Request"],
  [403, "Forbidden"],
  [409, "Conflict"],
  [preconditionRequired, "Precondition Required"],
  [429, "Too Many Requests"],
  [500, "Internal Server Error"],
  [503, "Service Unavailable"],
])
