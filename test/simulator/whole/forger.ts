/**
 * Someone who has seen a handle and tries to make more of it: another instance, a mode it was not opened with, the
 * session of somebody else. The cell must know every such forgery for what it is.
 */
import type { Prng } from "../../../src/base/prng.ts"
import { anonymous } from "../../../src/contract/acl.ts"
import type { Reply, Request } from "../../../src/contract/requests.ts"
import type { Findings } from "../findings.ts"
import type { SimulatedHost } from "../host.ts"
import type { Watch } from "../watch.ts"

export class Forger {
  readonly #dice: Prng
  readonly #findings: Findings
  readonly #watch: Watch
  readonly #now: () => number

  constructor(dice: Prng, findings: Findings, watch: Watch, now: () => number) {
    this.#dice = dice
    this.#findings = findings
    this.#watch = watch
    this.#now = now
  }

  /** An answer leaves a replica. */
  sees({ sessionId }: Request, { outcome, epoch }: Reply, host: SimulatedHost): void {
    if (outcome.kind !== "open" || !this.#dice.chance(1, 4)) return
    const forged = this.#forge(outcome.handle)
    const rest = { requestNumber: 0, answeredThrough: 0, stillOpen: [], epoch, forCache: false } as const
    const caller = { sessionId, principal: anonymous, underSequencer: undefined }
    const operation = { kind: "getContentsAndStat", node: { kind: "handle", handle: forged } } as const
    host.ask({ ...caller, ...rest, operation }, (reply) => {
      if (reply === undefined) return
      this.#watch.mark(`forgery ${reply.outcome.kind === "refused" ? "refused" : "believed"}`)
      const isBelieved = reply.outcome.kind !== "refused" || reply.outcome.code === "NOT_A_FILE"
      if (isBelieved) this.#findings.report("forged-handle", this.#now(), `the cell believes ${forged}`)
    })
  }

  /** `key.instance.mode.session.number.digits`: another instance, or another mode. */
  #forge(handle: string): string {
    const [key, instance, mode, session, number, digits] = handle.split(".")
    return this.#dice.chance(1, 2)
      ? [key, Number(instance) - 1, mode, session, number, digits].join(".")
      : [key, instance, mode === "w" ? "a" : "w", session, number, digits].join(".")
  }
}
