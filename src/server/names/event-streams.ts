/** All event streams of this replica: how many there may be, and the sign of life that each gives. */
import type { Surroundings } from "../../client/surroundings.ts"
import { type Refusal, refuse } from "../../contract/errors.ts"
import type { EventStream } from "./event-stream.ts"
import { nameLimits } from "./name-limits.ts"

export class EventStreams {
  readonly #surroundings: Pick<Surroundings, "now" | "schedule">
  readonly #streams = new Set<EventStream>()
  #stopBeating: (() => void) | undefined

  constructor(surroundings: Pick<Surroundings, "now" | "schedule">) {
    this.#surroundings = surroundings
  }

  get count(): number {
    return this.#streams.size
  }

  /** Whether there is no room for another. */
  get objection(): Refusal | undefined {
    if (this.#streams.size < nameLimits.streams) return undefined
    return refuse("OVERLOADED", `${nameLimits.streams} event streams are open at this replica, as many as may.`)
  }

  add(stream: EventStream): void {
    this.#streams.add(stream)
    this.#stopBeating ??= this.#beatLater()
  }

  remove(stream: EventStream): void {
    this.#streams.delete(stream)
  }

  close(): void {
    this.#stopBeating?.()
    this.#streams.clear()
  }

  #beatLater(): () => void {
    return this.#surroundings.schedule(nameLimits.heartbeatMs, () => {
      const now = this.#surroundings.now()
      for (const stream of this.#streams) stream.beat(now, now - nameLimits.stalledMs)
      this.#stopBeating = this.#streams.size === 0 ? undefined : this.#beatLater()
    })
  }
}
