/**
 * Marks in memory that are on the disk before anybody is admitted by them. What is asked for while the disk is busy goes
 * there together, in the next round. A lower mark is refused at once, whether or not the higher one is safe yet.
 */
import { compareMarks, type HighWaterMarks, type Mark, type Raising } from "../marks.ts"

export interface MarkStore {
  /** Durable when it resolves. */
  append(marks: ReadonlyMap<string, Mark>): Promise<void>
  /** In place of everything that was stored; durable when it resolves. */
  rewrite(marks: ReadonlyMap<string, Mark>): Promise<void>
  /** So much of it is superseded that it is worth writing anew. */
  readonly isWasteful: boolean
  close(): Promise<void>
}

export class DurableMarks implements HighWaterMarks, AsyncDisposable {
  readonly #store: MarkStore
  readonly #locksMax: number
  /** The highest that was asked for, of each lock. */
  readonly #marks: Map<string, Mark>
  /** Those of them that may not be on the disk. */
  readonly #unsafe = new Map<string, Mark>()
  /** Settled, without an error, when the round that was begun last is over. */
  #rounds: Promise<void> = Promise.resolve()
  /** The round that has not begun: it will take all that is unsafe by then. */
  #nextRound: Promise<void> | undefined
  /** After a failure nobody knows what is in the file; it is written anew. */
  #isDoubtful = false
  #isClosed = false

  constructor(store: MarkStore, marks: Map<string, Mark>, locksMax: number) {
    this.#store = store
    this.#marks = marks
    this.#locksMax = locksMax
  }

  async raise(lock: string, mark: Mark): Promise<Raising> {
    if (this.#isClosed) throw new Error("These marks were closed.")
    const standing = this.#marks.get(lock)
    if (standing === undefined && this.#marks.size >= this.#locksMax) return { kind: "full" }
    const order = standing === undefined ? -1 : compareMarks(standing, mark)
    if (standing !== undefined && order > 0) return { kind: "stands", mark: standing }
    if (order < 0) {
      this.#marks.set(lock, mark)
      this.#unsafe.set(lock, mark)
    }
    if (this.#unsafe.has(lock)) await this.#flush()
    return { kind: "stands", mark: this.#marks.get(lock) ?? mark }
  }

  /** Waits for what is being written. */
  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    await this.#rounds
    await this.#store.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  /** Resolves once everything that is unsafe now is safe. */
  #flush(): Promise<void> {
    if (this.#nextRound !== undefined) return this.#nextRound
    const round = this.#rounds.then(async () => {
      this.#nextRound = undefined
      await this.#write(new Map(this.#unsafe))
    })
    this.#nextRound = round
    this.#rounds = round.catch(() => undefined)
    return round
  }

  async #write(batch: ReadonlyMap<string, Mark>): Promise<void> {
    if (batch.size === 0) return
    try {
      if (this.#isDoubtful || this.#store.isWasteful) await this.#store.rewrite(this.#marks)
      else await this.#store.append(batch)
      this.#isDoubtful = false
    } catch (reason) {
      this.#isDoubtful = true
      throw reason
    }
    for (const [lock, mark] of batch) if (this.#unsafe.get(lock) === mark) this.#unsafe.delete(lock)
  }
}
