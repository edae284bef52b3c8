/**
 * Which answers may be kept, and which keys be used, while things are under way. An answer that was overtaken, by an
 * invalidation of its key or by a write of one's own, shows a value that nobody will call back: it is given to who
 * asked, and not kept. While a write of one's own is under way, its keys are barred: neither used nor filled.
 *
 * A write may outlive its caller's interest: one that was given up, or sent on two streams, may have a copy on its way
 * that the master takes in at any later time of its reign, striking this session off the keys without a word. Such keys
 * stay barred until another master serves, which takes nothing that was addressed to the one before.
 */
import type { CacheKey } from "../../contract/cache-key.ts"
import type { TouchedKeys } from "./touched-keys.ts"

export interface ReadUnderWay {
  readonly keys: readonly CacheKey[]
  mayBeKept: boolean
}

export interface WriteUnderWay {
  readonly touched: TouchedKeys
  /** How often it was sent to the present master. */
  sendingCount: number
}

/** So many single keys are remembered as doubtful; beyond, all of them are. */
const doubtfulMax = 10_000

export class CacheGuard {
  readonly #reads = new Map<CacheKey, Set<ReadUnderWay>>()
  readonly #writes = new Set<WriteUnderWay>()
  /** How many writes under way touch each key, and how many may touch any. */
  readonly #barred = new Map<CacheKey, number>()
  #allBarredCount = 0
  readonly #doubtful = new Set<CacheKey>()
  #isAllDoubtful = false

  isBarred(key: CacheKey): boolean {
    if (this.#allBarredCount > 0 || this.#isAllDoubtful) return true
    return (this.#barred.size > 0 && this.#barred.has(key)) || (this.#doubtful.size > 0 && this.#doubtful.has(key))
  }

  beginRead(keys: readonly CacheKey[]): ReadUnderWay {
    const read: ReadUnderWay = { keys, mayBeKept: !keys.some((key) => this.isBarred(key)) }
    for (const key of keys) {
      const reads = this.#reads.get(key)
      if (reads === undefined) this.#reads.set(key, new Set([read]))
      else reads.add(read)
    }
    return read
  }

  /** It was answered or given up. Returns whether the answer may be kept. To end a read twice does nothing. */
  endRead(read: ReadUnderWay): boolean {
    for (const key of read.keys) {
      const reads = this.#reads.get(key)
      reads?.delete(read)
      if (reads?.size === 0) this.#reads.delete(key)
    }
    return read.mayBeKept
  }

  /** What is asked for at present may be out of date by the time it arrives. */
  overtake(keys: TouchedKeys): void {
    for (const key of keys === "all" ? this.#reads.keys() : keys) {
      for (const read of this.#reads.get(key) ?? []) read.mayBeKept = false
    }
  }

  beginWrite(touched: TouchedKeys): WriteUnderWay {
    const write: WriteUnderWay = { touched, sendingCount: 0 }
    this.#writes.add(write)
    if (touched === "all") this.#allBarredCount += 1
    else for (const key of touched) this.#barred.set(key, (this.#barred.get(key) ?? 0) + 1)
    this.overtake(touched)
    return write
  }

  /** `wasAnswered`: by a master, rather than given up here. */
  endWrite(write: WriteUnderWay, wasAnswered: boolean): void {
    const { touched, sendingCount } = write
    this.#writes.delete(write)
    if (sendingCount > (wasAnswered ? 1 : 0)) this.#doubt(touched)
    if (touched === "all") this.#allBarredCount -= 1
    else for (const key of touched) this.#unbar(key)
  }

  /** Another master serves: what was sent to the one before is void, and what is still open will be sent again. */
  enterEpoch(): void {
    this.#doubtful.clear()
    this.#isAllDoubtful = false
    for (const write of this.#writes) write.sendingCount = 0
  }

  #doubt(touched: TouchedKeys): void {
    if (touched !== "all") for (const key of touched) this.#doubtful.add(key)
    this.#isAllDoubtful ||= touched === "all" || this.#doubtful.size > doubtfulMax
  }

  #unbar(key: CacheKey): void {
    const left = (this.#barred.get(key) ?? 0) - 1
    if (left > 0) this.#barred.set(key, left)
    else this.#barred.delete(key)
  }
}
