/**
 * How far this replica's own state is behind the cell, at most. Every now and then it asks the master through which slot
 * everything is applied there; as soon as that is applied here too, the state here is at least as new as the cell's was
 * when the question left. Both ends are taken on this replica's own clock, and a message that was long under way only
 * makes the state look older. While nobody serves, the age grows.
 */
import type { ReplicaId, Slot } from "../base/brand.ts"
import type { DurationMs, Instant } from "../base/instant.ts"
import type { Surroundings } from "../client/surroundings.ts"
import type { ReplicaStatus } from "../contract/requests.ts"

/** What a replica says of itself. */
type Standing = Pick<ReplicaStatus, "role" | "appliedThrough">

export interface StateAgeParts {
  readonly status: () => Pick<ReplicaStatus, "role" | "appliedThrough" | "master">
  /** Asks another replica; undefined if it doesn't answer. */
  readonly ask: (replicaId: ReplicaId) => Promise<Standing | undefined>
  readonly surroundings: Pick<Surroundings, "now" | "schedule">
}

const askEveryMs: DurationMs = 500
/** While nothing is known, as after a start. */
const askAtFirstEveryMs: DurationMs = 100

export class StateAge {
  readonly #parts: StateAgeParts
  /** The state here is not older than the cell's was at this instant. */
  #newestAt: Instant | undefined
  /** At `askedAt` the cell's state was that of slot `through`, which has yet to be applied here. */
  #awaited: { readonly askedAt: Instant; readonly through: Slot } | undefined
  #callOff: () => void = () => undefined
  #isClosed = false

  constructor(parts: StateAgeParts) {
    this.#parts = parts
    void this.#ask()
  }

  /** Undefined: since its start, this replica has not learned how old its state is. */
  ms(): DurationMs | undefined {
    const now = this.#parts.surroundings.now()
    this.#note(now)
    return this.#newestAt === undefined ? undefined : now - this.#newestAt
  }

  close(): void {
    this.#isClosed = true
    this.#callOff()
  }

  async #ask(): Promise<void> {
    const { status, ask, surroundings } = this.#parts
    const askedAt = surroundings.now()
    this.#note(askedAt)
    const { role, master } = status()
    if (role !== "master" && master !== 0) {
      const standing = await ask(master)
      // A replica that is behind for long would never be level if it always waited for the newest answer.
      if (standing?.role === "master") this.#awaited ??= { askedAt, through: standing.appliedThrough }
      this.#note(surroundings.now())
    }
    if (this.#isClosed) return
    const pauseMs = this.#newestAt === undefined ? askAtFirstEveryMs : askEveryMs
    this.#callOff = surroundings.schedule(pauseMs, () => void this.#ask())
  }

  #note(now: Instant): void {
    const { role, appliedThrough } = this.#parts.status()
    if (role === "master") {
      this.#newestAt = now
      this.#awaited = undefined
    } else if (this.#awaited !== undefined && appliedThrough >= this.#awaited.through) {
      this.#newestAt = Math.max(this.#newestAt ?? 0, this.#awaited.askedAt)
      this.#awaited = undefined
    }
  }
}
