/**
 * A master as it keeps one session's cache consistent, over a network that delays and breaks: a small model, written to
 * be as unhelpful as the protocol allows. It forgets the writer's own keys without a word even for a copy of a write that
 * comes late, holds other writers up for as short as it may, and loses everything volatile in a fail-over.
 */
import type { Call, CallStream, StreamListener, Transport } from "../../../src/client/transport.ts"
import { lengthened } from "../../../src/base/instant.ts"
import type { Prng } from "../../../src/base/prng.ts"
import { type CacheKey, keysOfComingOrGoing, nodeKeyOf } from "../../../src/contract/cache-key.ts"
import { refuse } from "../../../src/contract/errors.ts"
import type { Notice } from "../../../src/contract/notices.ts"
import type { SignedOutcome } from "../../../src/wire/signed-forms.ts"
import { statOf, willingMaster } from "./scripted-cell.ts"
import type { VirtualSurroundings } from "./virtual-surroundings.ts"

const cacheLeaseMs = 5_000
const driftPerMille = 10

interface Stream {
  readonly listener: StreamListener
  isOpen: boolean
  /** Nothing overtakes anything on one stream, either way. */
  requestsAt: number
  repliesAt: number
}

interface Parked {
  readonly stream: Stream
  readonly call: Call
  readonly since: number
}

interface Write {
  readonly path: string
  readonly keys: readonly CacheKey[]
  /** The notice that has to be acknowledged first; zero: none. */
  awaits: number
}

export class ModelCell implements Transport {
  /** What each file holds: the commit index of its last write. */
  readonly versions = new Map<string, number>()
  readonly #time: VirtualSurroundings
  readonly #dice: Prng
  readonly #changedAt = new Map<CacheKey, number>()
  readonly #doneNumbers = new Set<number>()
  #streams: Stream[] = []
  #commitIndex = 1
  #epoch = 1
  #registered = new Set<CacheKey>()
  #notices: Notice[] = []
  #seen = 0
  #parked: Parked | undefined
  #isHeard = true
  #cacheUntil = 0
  #silentUntil = 0
  #waiting: Write[] = []

  constructor(time: VirtualSurroundings, dice: Prng) {
    this.#time = time
    this.#dice = dice
  }

  open(_address: string, listener: StreamListener): CallStream {
    const stream: Stream = { listener, isOpen: true, requestsAt: 0, repliesAt: 0 }
    this.#streams.push(stream)
    return {
      isConnected: true,
      send: (call) => {
        stream.requestsAt = Math.max(stream.requestsAt, this.#arrival())
        this.#time.schedule(stream.requestsAt - this.#time.now(), () => {
          this.#receive(stream, call)
        })
      },
      close: () => {
        stream.isOpen = false
      },
    }
  }

  close(): void {
    this.#streams = []
  }

  /** Somebody else writes: as soon as this session's cache allows it. */
  write(path: string): void {
    const keys = keysOfComingOrGoing(path)
    // What an earlier writer of the same waits for, this one has to wait for too: its keys are registered no more.
    const earlier = this.#waiting.filter((each) => each.keys.some((key) => keys.includes(key)))
    const write: Write = { path, keys, awaits: Math.max(0, ...earlier.map(({ awaits }) => awaits)) }
    this.#waiting.push(write)
    this.#callBack(write)
    this.#settle()
  }

  /** All streams break. What was sent on them may still arrive. */
  breakStreams(): void {
    const broken = this.#streams.filter(({ isOpen }) => isOpen)
    this.#streams = []
    for (const stream of broken) {
      stream.isOpen = false
      stream.listener.onEnd("broken")
    }
  }

  failOver(): void {
    this.#epoch += 1
    this.#registered.clear()
    this.#notices = []
    this.#seen = 0
    this.#isHeard = false
    this.#cacheUntil = this.#time.now() + lengthened(cacheLeaseMs, driftPerMille)
    this.#parked = undefined
    for (const write of this.#waiting) write.awaits = 0
    this.breakStreams()
    this.#settleLater()
  }

  /** Nothing arrives for a while, either way. */
  silence(spanMs: number): void {
    this.#silentUntil = this.#time.now() + spanMs
  }

  #arrival(): number {
    const delay = this.#dice.chance(1, 30) ? this.#dice.between(1_000, 9_000) : this.#dice.between(1, 60)
    return Math.max(this.#time.now() + delay, this.#silentUntil)
  }

  #receive(stream: Stream, call: Call): void {
    const { operation, epoch, requestNumber, forCache } = call.request
    if (operation.kind === "createSession") this.#grantCacheLease()
    else if (epoch !== this.#epoch) {
      this.#reply(stream, call, refuse("EPOCH_STALE", "the epoch is another by now"))
      return
    }
    switch (operation.kind) {
      case "keepAlive":
        this.#answerParked()
        if (operation.seen.epoch === this.#epoch) this.#seen = Math.max(this.#seen, operation.seen.through)
        this.#settle()
        this.#park(stream, call)
        return
      case "resume":
        this.#resume(operation.seenThrough, operation.cached)
        this.#reply(stream, call, { kind: "resume", lastNotice: this.#notices.length })
        return
      case "setContents": {
        if (operation.node.kind === "handle") throw new Error("the model knows paths only")
        const path = own(operation.node.path)
        for (const key of keysOfComingOrGoing(path)) this.#registered.delete(key)
        if (!this.#doneNumbers.has(requestNumber)) this.#apply(path)
        this.#doneNumbers.add(requestNumber)
        this.#reply(stream, call, { kind: "setContents", stat: this.#statOf(path) })
        return
      }
      case "getContentsAndStat": {
        if (operation.node.kind === "handle") throw new Error("the model knows paths only")
        const path = own(operation.node.path)
        const isPending = this.#waiting.some(({ keys }) => keys.includes(nodeKeyOf(path)))
        const mayKeep = forCache && !isPending && this.#isHeard
        if (mayKeep) this.#registered.add(nodeKeyOf(path))
        const isThere = this.versions.has(path)
        const contents = new TextEncoder().encode(String(this.versions.get(path)))
        const outcome: SignedOutcome = isThere
          ? { kind: "getContentsAndStat", contents, stat: this.#statOf(path) }
          : refuse("NODE_NOT_FOUND", "there is none")
        this.#reply(stream, call, outcome, mayKeep)
        return
      }
      default: {
        const outcome = willingMaster(call)
        if (outcome !== "hold") this.#reply(stream, call, outcome)
      }
    }
  }

  #park(stream: Stream, call: Call): void {
    const parked = { stream, call, since: this.#time.now() }
    this.#parked = parked
    if (!this.#isHeard || this.#notices.length > this.#seen) this.#answerParked()
    else {
      this.#time.schedule(cacheLeaseMs / 2, () => {
        if (this.#parked === parked) this.#answerParked()
      })
    }
  }

  #answerParked(): void {
    if (this.#parked === undefined) return
    const { stream, call, since } = this.#parked
    this.#parked = undefined
    this.#grantCacheLease()
    const leases = { sessionLeaseMs: 60_000, cacheLeaseMs, parkedMs: this.#time.now() - since }
    const notices = this.#notices.slice(this.#seen)
    this.#reply(stream, call, { kind: "keepAlive", ...leases, firstNotice: this.#seen + 1, notices })
  }

  #grantCacheLease(): void {
    this.#cacheUntil = Math.max(this.#cacheUntil, this.#time.now() + lengthened(cacheLeaseMs, driftPerMille))
    this.#settleLater()
  }

  #resume(seenThrough: number, cached: readonly CacheKey[]): void {
    if (this.#isHeard) return
    this.#isHeard = true
    const isStale = (key: CacheKey): boolean => (this.#changedAt.get(key) ?? 0) > seenThrough
    const stale = cached.filter((key) => isStale(key) || this.#waiting.some(({ keys }) => keys.includes(key)))
    for (const key of cached) if (!stale.includes(key)) this.#registered.add(key)
    if (stale.length > 0) this.#notices.push({ kind: "invalidate", keys: stale })
    for (const write of this.#waiting) write.awaits = this.#notices.length
    this.#settle()
    this.#answerParked()
  }

  #callBack(write: Write): void {
    const keys = write.keys.filter((key) => this.#registered.delete(key))
    if (keys.length === 0) return
    this.#notices.push({ kind: "invalidate", keys })
    write.awaits = this.#notices.length
    this.#answerParked()
  }

  #settleLater(): void {
    this.#time.schedule(this.#cacheUntil - this.#time.now(), () => {
      this.#settle()
    })
  }

  #settle(): void {
    const isOver = this.#time.now() >= this.#cacheUntil
    const mayGo = ({ awaits }: Write): boolean => isOver || (this.#isHeard && awaits <= this.#seen)
    const ready = this.#waiting.filter(mayGo)
    this.#waiting = this.#waiting.filter((write) => !ready.includes(write))
    for (const { path } of ready) this.#apply(path)
  }

  #apply(path: string): void {
    this.#commitIndex += 1
    this.versions.set(path, this.#commitIndex)
    for (const key of keysOfComingOrGoing(path)) this.#changedAt.set(key, this.#commitIndex)
  }

  #statOf(path: string) {
    return statOf(path, { contentGeneration: this.versions.get(path) ?? 1 })
  }

  #reply(stream: Stream, call: Call, outcome: SignedOutcome, cachable = false): void {
    const reply = { outcome, epoch: this.#epoch, commitIndex: this.#commitIndex, cachable }
    stream.repliesAt = Math.max(stream.repliesAt, this.#arrival())
    this.#time.schedule(stream.repliesAt - this.#time.now(), () => {
      if (stream.isOpen) stream.listener.onResults([{ callId: call.callId, reply }])
    })
  }
}

function own(path: string): string {
  return path.replace("/ls/local", "/ls/test")
}
