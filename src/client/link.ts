/**
 * The one stream that a client has to its cell, kept alive over fail-overs. Calls are handed in once and stay until
 * they are answered or withdrawn: when a replica turns out not to be the master, falls silent or goes away, the link
 * finds the master and sends every unanswered call again, in the order of issue, under the same request numbers.
 *
 * What several sessions of one process ask for shares this stream.
 */
import type { Epoch } from "../base/brand.ts"
import { after, never, type DurationMs, type Instant } from "../base/instant.ts"
import type { Refusal } from "../contract/errors.ts"
import { judge, pauseBeforeAsking } from "./core/call-policy.ts"
import { MasterSearch, type Diagnosis } from "./core/master-search.ts"
import type { Surroundings } from "./surroundings.ts"
import type { CallResult, CallStream, Transport } from "./transport.ts"
import type { SignedOutcome, SignedRequest } from "../wire/signed-forms.ts"

/** After how much silence something is wrong. Some calls may rightly wait for ever. */
export type Patience = DurationMs | "endless"

export interface LinkCall {
  /** The request as it has to be sent now. Called at every sending. */
  request(epoch: Epoch): SignedRequest
  readonly patienceMs: Patience
  settle(outcome: SignedOutcome): void
}

/** A call on its way, as the link sees it. */
export interface SubmittedCall {
  readonly callId: number
  /** True from the first sending on: the cell may have heard of it. */
  readonly wasSent: boolean
}

interface Outstanding extends SubmittedCall {
  readonly call: LinkCall
  wasSent: boolean
  /** When it was last sent on the present stream; undefined: not yet, or it is waiting to be sent again. */
  sentAt: Instant | undefined
  /** How often the replica asked to come back later. */
  postponedCount: number
}

interface OpenStream {
  readonly address: string
  readonly stream: CallStream
  /** Whether the replica has proved to be the one that serves. */
  serves: boolean
}

export class Link {
  readonly #transport: Transport
  readonly #surroundings: Surroundings
  readonly #search: MasterSearch
  readonly #outstanding = new Map<number, Outstanding>()
  readonly #failOverListeners = new Set<(epoch: Epoch) => void>()
  #lastCallId = 0
  #epoch: Epoch = 0
  #open: OpenStream | undefined
  #isSeeking = false
  #isClosed = false
  #isWatching = false
  /** Doubled when a replica falls silent, so that a slow cell isn't made slower by clients that keep changing sides. */
  #patienceFactor = 1
  readonly #timers = new Set<() => void>()

  constructor(addresses: readonly string[], transport: Transport, surroundings: Surroundings) {
    this.#transport = transport
    this.#surroundings = surroundings
    this.#search = new MasterSearch(addresses, surroundings.dice)
  }

  submit(call: LinkCall): SubmittedCall {
    this.#lastCallId += 1
    const callId = this.#lastCallId
    const outstanding: Outstanding = { call, callId, wasSent: false, sentAt: undefined, postponedCount: 0 }
    this.#outstanding.set(callId, outstanding)
    if (this.#open === undefined) this.#seek()
    else this.#send(this.#open, outstanding)
    return outstanding
  }

  /** Nobody waits for the answer any more, and the call is not sent again. */
  withdraw(submitted: SubmittedCall): void {
    this.#outstanding.delete(submitted.callId)
  }

  /** What keeps the cell from answering at the moment, if anything is known to. */
  diagnose(): Diagnosis | undefined {
    return this.#search.diagnose()
  }

  /** `listener` hears of every new master that the link meets, after the first. Returns the way to stop it. */
  onFailOver(listener: (epoch: Epoch) => void): () => void {
    this.#failOverListeners.add(listener)
    return () => {
      this.#failOverListeners.delete(listener)
    }
  }

  close(): void {
    this.#isClosed = true
    this.#outstanding.clear()
    for (const cancel of this.#timers) cancel()
    this.#timers.clear()
    this.#open?.stream.close()
    this.#open = undefined
  }

  #seek(): void {
    if (this.#isSeeking || this.#isClosed || this.#outstanding.size === 0) return
    this.#isSeeking = true
    const { address, delayMs } = this.#search.next()
    if (delayMs === 0) this.#connect(address)
    else
      this.#later(delayMs, () => {
        this.#connect(address)
      })
  }

  #connect(address: string): void {
    this.#isSeeking = false
    const stream = this.#transport.open(address, {
      onResults: (results) => {
        if (this.#open === open) this.#receive(open, results)
      },
      onEnd: (reason) => {
        if (this.#open !== open) return
        this.#search.failed(address, { kind: "unreachable", detail: reason })
        this.#leave()
      },
    })
    const open: OpenStream = { address, stream, serves: false }
    this.#open = open
    for (const outstanding of this.#outstanding.values()) this.#send(open, outstanding)
  }

  #leave(): void {
    this.#open?.stream.close()
    this.#open = undefined
    for (const outstanding of this.#outstanding.values()) outstanding.sentAt = undefined
    this.#seek()
  }

  #send(open: OpenStream, outstanding: Outstanding): void {
    outstanding.sentAt = this.#surroundings.now()
    outstanding.wasSent = true
    open.stream.send({ callId: outstanding.callId, request: outstanding.call.request(this.#epoch) })
    const { patienceMs } = outstanding.call
    if (patienceMs !== "endless") this.#watch(patienceMs * this.#patienceFactor)
  }

  #receive(open: OpenStream, results: readonly CallResult[]): void {
    let elsewhere: Refusal | undefined
    for (const { callId, reply } of results) {
      this.#learnEpoch(reply.epoch)
      const outstanding = this.#outstanding.get(callId)
      if (outstanding === undefined) continue
      const verdict = judge(reply.outcome)
      switch (verdict.kind) {
        case "settle":
          this.#serves(open)
          this.#outstanding.delete(callId)
          outstanding.call.settle(reply.outcome)
          break
        case "seekMaster":
          elsewhere = verdict.refusal
          break
        case "askAgain":
          this.#postpone(open, outstanding, verdict.refusal)
          break
      }
    }
    if (elsewhere === undefined || this.#open !== open) return
    const { code, detail, masterHint } = elsewhere
    this.#search.failed(open.address, { kind: "refused", code, detail }, masterHint)
    this.#leave()
  }

  #serves(open: OpenStream): void {
    if (open.serves) return
    open.serves = true
    this.#patienceFactor = 1
    this.#search.served(open.address)
  }

  #learnEpoch(epoch: Epoch): void {
    if (epoch <= this.#epoch) return
    const isFailOver = this.#epoch !== 0
    this.#epoch = epoch
    if (isFailOver) for (const listener of this.#failOverListeners) listener(epoch)
  }

  #postpone(open: OpenStream, outstanding: Outstanding, refusal: Refusal): void {
    open.serves = false
    this.#search.noted(open.address, { kind: "refused", code: refusal.code, detail: refusal.detail })
    outstanding.sentAt = undefined
    const ceiling = pauseBeforeAsking(refusal.code, outstanding.postponedCount)
    outstanding.postponedCount += 1
    this.#later(this.#surroundings.dice.between(Math.ceil(ceiling / 2), ceiling), () => {
      const isStillWanted = this.#outstanding.has(outstanding.callId) && outstanding.sentAt === undefined
      if (this.#open === open && isStillWanted) this.#send(open, outstanding)
    })
  }

  /**
   * A stopped process keeps its connections and says nothing. Only answers tell that a replica is alive, so a call
   * that is overdue ends the stream.
   */
  #watch(withinMs: DurationMs): void {
    if (this.#isWatching) return
    this.#isWatching = true
    this.#later(withinMs, () => {
      this.#isWatching = false
      const open = this.#open
      if (open === undefined) return
      const now = this.#surroundings.now()
      const dueAt = this.#earliestDue()
      if (dueAt > now) {
        if (dueAt !== never) this.#watch(dueAt - now)
        return
      }
      this.#patienceFactor = Math.min(this.#patienceFactor * 2, 16)
      this.#search.failed(open.address, { kind: "unreachable", detail: "the replica does not answer" })
      this.#leave()
    })
  }

  #earliestDue(): Instant {
    let earliest = never
    for (const { sentAt, call } of this.#outstanding.values()) {
      if (sentAt === undefined || call.patienceMs === "endless") continue
      earliest = Math.min(earliest, after(sentAt, call.patienceMs * this.#patienceFactor))
    }
    return earliest
  }

  #later(delayMs: DurationMs, then: () => void): void {
    const cancel = this.#surroundings.schedule(delayMs, () => {
      this.#timers.delete(cancel)
      then()
    })
    this.#timers.add(cancel)
  }
}
