/**
 * Which replica to ask next when the master is unknown. A replica's hint comes first; else the replicas take turns.
 * After a round in which nobody served, the search pauses, each time a little longer and by a die roll, so that a
 * thousand clients of a cell that has just failed over don't all come back in the same millisecond.
 */
import { assert } from "../../base/assert.ts"
import type { DurationMs } from "../../base/instant.ts"
import type { Prng } from "../../base/prng.ts"
import type { ErrorCode } from "../../contract/errors.ts"

/** Why an address did not serve: what its replica said, or that nobody answered there. */
export type Trouble =
  | { readonly kind: "refused"; readonly code: ErrorCode; readonly detail: string }
  | { readonly kind: "unreachable"; readonly detail: string }

export interface Attempt {
  readonly address: string
  readonly delayMs: DurationMs
}

export interface Diagnosis {
  readonly code: ErrorCode
  readonly detail: string
}

const firstPauseMs = 20
const longestPauseMs = 250

export class MasterSearch {
  readonly #addresses: readonly string[]
  readonly #dice: Prng
  /** Addresses in the order in which to try them; a round is over when it is empty. */
  #turn: string[]
  #hint: string | undefined
  /** Whom a replica has named as master in this round. */
  #named: string | undefined
  readonly #triedInRound = new Set<string>()
  readonly #troubles = new Map<string, Trouble>()
  #fruitlessRounds = 0

  constructor(addresses: readonly string[], dice: Prng) {
    assert(addresses.length > 0, "a cell has at least one replica")
    this.#addresses = addresses
    this.#dice = dice
    this.#turn = dice.shuffle([...addresses])
  }

  /** Whom to ask now, and after which pause. */
  next(): Attempt {
    const hint = this.#hint
    this.#hint = undefined
    if (hint !== undefined) return this.#try(hint, 0)
    const address = this.#turn.find((each) => !this.#triedInRound.has(each))
    if (address !== undefined) return this.#try(address, 0)

    this.#fruitlessRounds += 1
    this.#triedInRound.clear()
    this.#named = undefined
    const ceiling = Math.min(firstPauseMs << Math.min(this.#fruitlessRounds, 5), longestPauseMs)
    const [first] = this.#turn
    assert(first !== undefined, "a cell has at least one replica")
    return this.#try(first, this.#dice.between(Math.floor(ceiling / 2), ceiling))
  }

  /** Everybody else, in the order of the next search. */
  othersThan(address: string): readonly string[] {
    return this.#turn.filter((each) => each !== address)
  }

  /** `hint` is believed once per round: two replicas that point at each other must not keep a client busy. */
  failed(address: string, trouble: Trouble, hint?: string): void {
    this.#troubles.set(address, trouble)
    this.#triedInRound.add(address)
    if (hint === undefined || hint === "" || hint === address) return
    this.#named = hint
    if (!this.#triedInRound.has(hint)) this.#hint = hint
  }

  /** Whether a replica has named another one than `address` as master in this round, even one that does not answer. */
  isElsewhere(address: string): boolean {
    return this.#named !== undefined && this.#named !== address
  }

  /** `address` asks for patience; it stays the one to ask. */
  noted(address: string, trouble: Trouble): void {
    this.#troubles.set(address, trouble)
  }

  /** `address` serves: it comes first in the next search, and what went wrong before is history. */
  served(address: string): void {
    this.#turn = [address, ...this.#turn.filter((each) => each !== address)]
    this.#hint = undefined
    this.#named = undefined
    this.#triedInRound.clear()
    this.#troubles.clear()
    this.#fruitlessRounds = 0
  }

  /**
   * The trouble in one sentence, for a caller whose deadline has passed; undefined when nothing has gone wrong.
   * "Not master" from everybody is no news to a user: what they need to hear is that there is no master, or no quorum.
   */
  diagnose(): Diagnosis | undefined {
    if (this.#troubles.size === 0) return undefined
    const silent = [...this.#troubles].filter(([, { kind }]) => kind === "unreachable").map(([address]) => address)
    const refusals = [...this.#troubles.values()].filter((trouble) => trouble.kind === "refused")
    if (silent.length * 2 >= this.#addresses.length) {
      return { code: "NO_QUORUM", detail: whoIsMissing(refusals.length, silent) }
    }
    const telling =
      refusals.find(({ code }) => code === "NO_QUORUM") ?? refusals.find(({ code }) => code !== "NOT_MASTER")
    if (telling !== undefined) return { code: telling.code, detail: telling.detail }
    return { code: "FAIL_OVER_IN_PROGRESS", detail: "no replica is master at the moment" }
  }

  #try(address: string, delayMs: DurationMs): Attempt {
    this.#triedInRound.add(address)
    return { address, delayMs }
  }
}

/** Where nobody answers at all, the addresses are as likely to be wrong as the replicas to be down. */
function whoIsMissing(reachedCount: number, silent: readonly string[]): string {
  const addresses = [...silent].sort().join(", ")
  if (reachedCount > 0) {
    return `${reachedCount} of ${reachedCount + silent.length} replicas can be reached, not ${addresses}`
  }
  return `no replica answers at ${addresses}: check that they run, and that these are the host:port of their gRPC doors`
}
