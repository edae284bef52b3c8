/**
 * A client that caches, as simple as it can be and still right: it keeps what it may, forgets what it is told to, and
 * uses nothing without a cache lease. Answers lie in its inbox until it takes them, in any order.
 */
import { type CacheKey, nodeKeyOf, pathOfKey } from "../../../src/contract/cache-key.ts"
import type { Operation, Outcome, Reply } from "../../../src/contract/requests.ts"
import { keysTouchedBy } from "../../../src/client/core/touched-keys.ts"
import { keepAlive, type ReplicaCell } from "../../support/replica-cell.ts"

interface Kept {
  readonly operation: Operation
  readonly value: string
}

interface Asked {
  readonly kind: "read" | "write" | "keepAlive" | "resume"
  readonly ticket: number
  readonly sentAt: number
  readonly epoch: number
  readonly operation: Operation
  readonly keys: readonly CacheKey[]
  mayBeKept: boolean
}

/** What is promised of an answer that is kept: everything in it but the lock's generation. */
export function valueOf(outcome: Outcome): string {
  if (outcome.kind === "refused") return outcome.code
  return JSON.stringify(outcome, (name, value: unknown) => (name === "lockGeneration" ? undefined : value))
}

export class CachingModel {
  readonly cell: ReplicaCell
  readonly sessionId: number
  readonly #kept = new Map<CacheKey, Map<Operation["kind"], Kept>>()
  readonly #asked: Asked[] = []
  #requestNumber = 0
  #epoch: number
  #through = 0
  #seenThrough = 0
  #cacheUntil = 0
  #frozenThrough: number | undefined
  ended = false

  constructor(cell: ReplicaCell, sessionLeaseMs: number) {
    this.cell = cell
    this.sessionId = cell.session({ caching: true, sessionLeaseMs })
    this.#epoch = cell.replica(cell.master).status().epoch
  }

  /** What it would answer from its cache now. */
  *usable(): Generator<Kept> {
    if (this.ended || this.#frozenThrough !== undefined || this.cell.now >= this.#cacheUntil) return
    const barred = new Set(this.#asked.filter(({ kind }) => kind === "write").flatMap(({ keys }) => keys))
    for (const [key, kept] of this.#kept) if (!barred.has(key)) yield* kept.values()
  }

  /** `key`: under which an answer is kept; that there is no node is kept under the node's own key. */
  read(operation: Operation, key: CacheKey): void {
    this.#ask("read", operation, [key, nodeKeyOf(pathOfKey(key))], { forCache: true })
  }

  write(operation: Operation): void {
    const keys = keysTouchedBy(operation, () => undefined)
    if (keys === "all") throw new Error("only what is named by path")
    this.#forget(keys)
    this.#requestNumber += 1
    this.#ask("write", operation, keys, { requestNumber: this.#requestNumber })
  }

  /** Its ephemeral nodes go with it. */
  close(): void {
    this.#requestNumber += 1
    this.#ask("write", { kind: "closeSession" }, [], { requestNumber: this.#requestNumber })
    this.ended = true
  }

  keepAlive(): void {
    this.#ask("keepAlive", keepAlive(this.#epoch, this.#through), [])
  }

  /** Takes one of the answers that have come, the `choice`-th in a circle. Answers of masters that are gone are lost. */
  take(choice: number): void {
    const answered = this.#asked.filter(({ ticket }) => this.cell.replies.has(ticket))
    const asked = answered[choice % Math.max(answered.length, 1)]
    const reply = asked && this.cell.replies.get(asked.ticket)
    if (asked === undefined || reply === undefined) return
    this.#asked.splice(this.#asked.indexOf(asked), 1)
    if (reply.epoch > this.#epoch) this.#enter(reply.epoch)
    this.#takeAnswer(asked, reply)
  }

  /** What was sent to a master that has gone. A write that may have been done is not asked about again. */
  giveUp(): void {
    this.#asked.splice(0)
  }

  #takeAnswer(asked: Asked, { outcome, epoch, cachable, commitIndex }: Reply): void {
    if (outcome.kind === "refused" && outcome.code === "SESSION_EXPIRED") this.ended = true
    if (epoch !== this.#epoch) return
    switch (asked.kind) {
      case "read": {
        const [answerKey = "", nodeKey = ""] = asked.keys
        const key = outcome.kind === "refused" ? nodeKey : answerKey
        const isBarred = this.#asked.some(({ kind, keys }) => kind === "write" && keys.includes(key))
        if (!cachable || !asked.mayBeKept || isBarred) return
        const kept = this.#kept.get(key) ?? new Map<Operation["kind"], Kept>()
        this.#kept.set(key, kept.set(asked.operation.kind, { operation: asked.operation, value: valueOf(outcome) }))
        return
      }
      case "keepAlive": {
        if (outcome.kind !== "keepAlive") return
        for (const [offset, notice] of outcome.notices.entries()) {
          if (outcome.firstNotice + offset <= this.#through) continue
          this.#through = outcome.firstNotice + offset
          if (notice.kind === "invalidate") this.#forget(notice.keys)
          if (notice.kind === "resync") this.#forget([...this.#kept.keys(), ...this.#asked.flatMap(({ keys }) => keys)])
        }
        const span = Math.floor((outcome.cacheLeaseMs * 990) / 1_000) + Math.floor((outcome.parkedMs * 990) / 1_000)
        this.#cacheUntil = Math.max(this.#cacheUntil, asked.sentAt + span)
        this.#thaw()
        if (this.#frozenThrough === undefined) this.#seenThrough = Math.max(this.#seenThrough, commitIndex)
        return
      }
      case "resume":
        if (outcome.kind !== "resume") return this.#resume()
        this.#frozenThrough = outcome.lastNotice
        return this.#thaw()
      case "write":
        return
    }
  }

  #enter(epoch: number): void {
    this.#epoch = epoch
    this.#through = 0
    this.#frozenThrough = Infinity
    for (const asked of this.#asked) asked.mayBeKept = false
    this.#resume()
  }

  #resume(): void {
    const operation = {
      kind: "resume",
      seenThrough: this.#seenThrough,
      cached: [...this.#kept.keys()],
      subscriptions: [],
    }
    this.#ask("resume", operation as Operation, [])
  }

  #thaw(): void {
    if (this.#frozenThrough !== undefined && this.#through >= this.#frozenThrough) this.#frozenThrough = undefined
  }

  #forget(keys: readonly CacheKey[]): void {
    for (const key of keys) this.#kept.delete(key)
    for (const asked of this.#asked) if (asked.keys.some((key) => keys.includes(key))) asked.mayBeKept = false
  }

  #ask(kind: Asked["kind"], operation: Operation, keys: readonly CacheKey[], options = {}): void {
    const { cell, sessionId } = this
    if (cell.master === 0 || this.ended) return
    const numbers = { sessionId, requestNumber: 0, answeredThrough: 0, epoch: 0, ...options }
    const ticket = cell.submit(cell.master, operation, numbers)
    this.#asked.push({ kind, ticket, sentAt: cell.now, epoch: this.#epoch, operation, keys, mayBeKept: true })
  }
}
