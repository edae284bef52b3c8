/**
 * One name, watched for whoever wants to know: however many there are, the cell is asked once. Each hears of the present
 * value and then of every other that is found; if the name changes faster than it can be looked up, of the newest. When
 * what it stands on is lost, it begins anew and says that changes may have gone unheard.
 */
import type { DurationMs } from "../../base/instant.ts"
import { CellError } from "../../client/errors.ts"
import type { Surroundings } from "../../client/surroundings.ts"
import { isRetryable, type Refusal } from "../../contract/errors.ts"
import type { Answer } from "./answer.ts"
import { refusalOf } from "./client-reader.ts"
import type { NameSource } from "./name-source.ts"

export interface NameListener {
  /** `isResync`: other values may have come and gone since the last one. */
  tell(answer: Answer, isResync: boolean): void
  /** The cell does not let its principal look at the name. The last word. */
  end(refusal: Refusal): void
}

/** Before the next attempt, when the cell is out of reach or has ended what this stood on. */
const pauseMs: DurationMs = 1_000

export class NameWatch {
  readonly #source: NameSource
  readonly #path: string
  readonly #surroundings: Pick<Surroundings, "schedule">
  readonly #onRefused: () => void
  readonly #listeners = new Set<NameListener>()
  #latest: Answer | undefined
  #leave: () => void = () => undefined
  #callOff: () => void = () => undefined
  #isLooking = false
  /** Something may have changed since the last look began. */
  #isDirty = false
  #mayHaveMissed = false
  #isOver = false

  /** `onRefused`: it is of no use any more. */
  constructor(
    source: NameSource,
    path: string,
    surroundings: Pick<Surroundings, "schedule">,
    onRefused: () => void = () => undefined,
  ) {
    this.#source = source
    this.#path = path
    this.#surroundings = surroundings
    this.#onRefused = onRefused
    void this.#begin()
  }

  get listenerCount(): number {
    return this.#listeners.size
  }

  /** Tells the newest value at once, if there is one yet. */
  join(listener: NameListener): void {
    this.#listeners.add(listener)
    if (this.#latest !== undefined) listener.tell(this.#latest, false)
  }

  leave(listener: NameListener): void {
    this.#listeners.delete(listener)
  }

  close(): void {
    this.#isOver = true
    this.#callOff()
    this.#leave()
    this.#listeners.clear()
  }

  async #begin(): Promise<void> {
    try {
      const leave = await this.#source.watch(this.#path, (news) => {
        if (news === "ended") this.#beginAgain()
        else this.#note(news === "resync")
      })
      this.#leave = leave
      if (this.#isOver) leave()
      else this.#note(false)
    } catch (reason) {
      this.#giveUp(refusalOf(CellError.from(reason)))
    }
  }

  #beginAgain(): void {
    if (this.#isOver) return
    this.#leave = () => undefined
    this.#mayHaveMissed ||= this.#latest !== undefined
    this.#callOff = this.#surroundings.schedule(pauseMs, () => void this.#begin())
  }

  #note(isResync: boolean): void {
    this.#isDirty = true
    this.#mayHaveMissed ||= isResync
    if (!this.#isLooking) void this.#look()
  }

  async #look(): Promise<void> {
    this.#isLooking = true
    while (this.#isDirty && !this.#isOver) {
      this.#isDirty = false
      const found = await this.#source.lookUp(this.#path)
      if ("resolution" in found) this.#take(found)
      else if (isRetryable(found.code)) await this.#pause()
      else this.#giveUp(found)
    }
    this.#isLooking = false
  }

  async #pause(): Promise<void> {
    this.#isDirty = true
    await new Promise<void>((resolve) => {
      this.#surroundings.schedule(pauseMs, resolve)
    })
  }

  #take(answer: Answer): void {
    if (this.#isOver) return
    const isResync = this.#mayHaveMissed
    const isNew = answer.etag !== this.#latest?.etag
    this.#mayHaveMissed = false
    this.#latest = answer
    if (isNew || isResync) for (const listener of this.#listeners) listener.tell(answer, isResync)
  }

  #giveUp(refusal: Refusal): void {
    if (this.#isOver) return
    if (isRetryable(refusal.code) || refusal.code === "SESSION_EXPIRED") return this.#beginAgain()
    const listeners = [...this.#listeners]
    this.close()
    this.#onRefused()
    for (const listener of listeners) listener.end(refusal)
  }
}
