/**
 * All names that are watched on this replica: one watch for each name and principal, which many may share. One that
 * nobody needs any more goes on for a while, because whoever polls comes back; when there are too many, it makes room.
 */
import type { Surroundings } from "../../client/surroundings.ts"
import { type Refusal, refuse } from "../../contract/errors.ts"
import { nameLimits } from "./name-limits.ts"
import type { NameSource } from "./name-source.ts"
import { type NameListener, NameWatch } from "./name-watch.ts"

interface Watched {
  readonly watch: NameWatch
  /** To be called when the watch is over: its source is not needed for it any more. */
  readonly release: () => void
  /** Calls the end of an idle watch off; undefined while it has listeners. */
  stayOn: (() => void) | undefined
}

/** A source is held as long as a watch stands on it. */
export interface HeldSource {
  readonly source: NameSource
  readonly release: () => void
}

export class NameHub {
  readonly #hold: (principal: string) => HeldSource | Refusal
  readonly #surroundings: Pick<Surroundings, "schedule">
  /** Idle ones in the order in which they became so. */
  readonly #watched = new Map<string, Watched>()

  constructor(hold: (principal: string) => HeldSource | Refusal, surroundings: Pick<Surroundings, "schedule">) {
    this.#hold = hold
    this.#surroundings = surroundings
  }

  get watchedCount(): number {
    return this.#watched.size
  }

  /** Returns the way to leave. */
  join(principal: string, path: string, listener: NameListener): (() => void) | Refusal {
    const key = JSON.stringify([principal, path])
    const watched = this.#watched.get(key) ?? this.#begin(principal, path, key)
    if ("kind" in watched) return watched
    watched.stayOn?.()
    watched.stayOn = undefined
    watched.watch.join(listener)
    return () => {
      watched.watch.leave(listener)
      if (this.#watched.get(key) === watched) this.#linger(key, watched)
    }
  }

  close(): void {
    for (const key of [...this.#watched.keys()]) this.#end(key)
  }

  #begin(principal: string, path: string, key: string): Watched | Refusal {
    if (this.#watched.size >= nameLimits.watchedNames && !this.#makeRoom()) {
      return refuse("OVERLOADED", `${nameLimits.watchedNames} names are being watched here, as many as may.`)
    }
    const held = this.#hold(principal)
    if ("kind" in held) return held
    const watch = new NameWatch(held.source, path, this.#surroundings, () => {
      this.#end(key)
    })
    const watched: Watched = { watch, release: held.release, stayOn: undefined }
    this.#watched.set(key, watched)
    return watched
  }

  #linger(key: string, watched: Watched): void {
    if (watched.watch.listenerCount > 0 || watched.stayOn !== undefined) return
    // The newest at the end, so that the one that has been idle for longest is found first.
    this.#watched.delete(key)
    this.#watched.set(key, watched)
    watched.stayOn = this.#surroundings.schedule(nameLimits.lingerMs, () => {
      this.#end(key)
    })
  }

  #makeRoom(): boolean {
    for (const [key, { stayOn }] of this.#watched) {
      if (stayOn === undefined) continue
      this.#end(key)
      return true
    }
    return false
  }

  #end(key: string): void {
    const watched = this.#watched.get(key)
    if (watched === undefined) return
    this.#watched.delete(key)
    watched.stayOn?.()
    watched.watch.close()
    watched.release()
  }
}
