/**
 * Rotates the keys of sequencers on schedule. There is no time in the replicated state, so every replica counts for
 * itself: since it saw the keys change, or since it began. Whoever is master when its count is over asks for a rotation,
 * by right of nobody, and all counts begin anew. A fail-over does not begin them anew: masters may come and go.
 */
import type { Slot } from "../base/brand.ts"
import type { DurationMs, Instant } from "../base/instant.ts"
import type { Request } from "../contract/requests.ts"
import type { Logger } from "../host/logger.ts"
import type { Clock, Entropy } from "../host/ports.ts"
import type { Cell } from "./cell.ts"
import { freshSeeds } from "./keyring.ts"

export interface KeyRotationOptions {
  readonly cell: Pick<Cell, "submit" | "status" | "signingKeys">
  /** Zero: never. */
  readonly everyDays: number
  readonly clock: Clock
  readonly entropy: Entropy
  readonly log: Logger
}

/** A timer for the whole span would be too long for Node's, and would not notice a rotation by hand. */
const lookEveryMs: DurationMs = 60_000
/** A refusal may stand for long: when a lock has been held for years, say. */
const retryAfterMs: DurationMs = 60 * 60 * 1000
const dayMs: DurationMs = 24 * 60 * 60 * 1000

export class KeyRotation {
  readonly #options: KeyRotationOptions
  #timer: NodeJS.Timeout | undefined
  /** Of the current key; zero: none has been seen. */
  #currentSince: Slot = 0
  #dueAt: Instant = 0
  #isAsking = false

  constructor(options: KeyRotationOptions) {
    this.#options = options
  }

  start(): void {
    this.look()
    this.#timer = setInterval(() => {
      this.look()
    }, lookEveryMs)
    this.#timer.unref()
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  /** What is done every minute. */
  look(): void {
    const { cell, everyDays, clock, log } = this.#options
    const current = cell.signingKeys().find(({ state }) => state === "current")
    if (current === undefined) return
    if (current.since !== this.#currentSince) {
      // Not the list as such, which is another one after a snapshot, too.
      if (this.#currentSince > 0) log.info({ slot: current.since }, "the keys that sign sequencers have changed")
      this.#currentSince = current.since
      this.#dueAt = clock.now() + everyDays * dayMs
    }
    if (everyDays > 0 && clock.now() >= this.#dueAt && cell.status().role === "master") this.#ask()
  }

  #ask(): void {
    if (this.#isAsking) return
    this.#isAsking = true
    const { cell, clock, entropy, log } = this.#options
    const seeds = freshSeeds(entropy)
    const operation = { kind: "rotateSigningKeys", revoke: false, seeds, isScheduled: true } as const
    cell.submit({ ...nobodys, operation }, ({ outcome }) => {
      this.#isAsking = false
      this.#dueAt = clock.now() + retryAfterMs
      if (outcome.kind !== "refused") return
      log.warn({ code: outcome.code, detail: outcome.detail }, "the keys that sign sequencers could not be rotated")
    })
  }
}

const nobodys: Omit<Request, "operation"> = {
  ...{ sessionId: 0, requestNumber: 0, answeredThrough: 0, stillOpen: [], epoch: 0 },
  ...{ principal: "", forCache: false, underSequencer: undefined },
}
