/**
 * Keeps the cache clear of what the session itself changes. The cell tells a session nothing of its own writes, so the
 * entries that a call may make stale go as it is sent, and stay away until it is answered.
 */
import { LRUCache } from "lru-cache"
import type { SignedOperation, SignedReply } from "../wire/signed-forms.ts"
import type { Cache } from "./cache.ts"
import { keysTouchedBy, type OpenedNode } from "./core/touched-keys.ts"
import type { CallObserver, CallWatch } from "./session-calls.ts"

/** What is not among the latest so many handles any more is not known to mean any node, so it may mean all of them. */
const handlesMax = 100_000

export class OwnChanges implements CallObserver {
  readonly #cache: Cache
  readonly #opened = new LRUCache<string, OpenedNode>({ maxSize: handlesMax, sizeCalculation: () => 1 })

  constructor(cache: Cache) {
    this.#cache = cache
  }

  placed(operation: SignedOperation): CallWatch | undefined {
    const touched = keysTouchedBy(operation, (handle) => this.#opened.get(handle))
    if (touched.length === 0 && !opens(operation)) return undefined
    const write = this.#cache.beginWrite(touched)
    let wasAnswered = false
    return {
      sent: () => {
        write.sendingCount += 1
      },
      answered: (reply) => {
        wasAnswered = reply.epoch > 0 && !isUnknown(reply)
        this.#note(reply)
      },
      settled: () => {
        this.#cache.endWrite(write, wasAnswered)
        if (operation.kind === "close") this.#opened.delete(operation.handle)
      },
    }
  }

  #note({ outcome }: SignedReply): void {
    if ("handle" in outcome && "stat" in outcome) this.#opened.set(outcome.handle, outcome.stat)
  }
}

function isUnknown({ outcome }: SignedReply): boolean {
  return outcome.kind === "refused" && outcome.unknownOutcome === true
}

function opens({ kind }: SignedOperation): boolean {
  return kind === "open" || kind === "acquire" || kind === "tryAcquire" || kind === "close"
}
