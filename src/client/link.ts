/**
 * The one stream that a client has to its cell, kept up over fail-overs. Calls are handed in once and stay until they
 * are answered or withdrawn: when a replica turns out not to be the master, falls silent or goes away, the link finds
 * the master and sends every unanswered call again, in the order of issue, under the same request numbers.
 *
 * What several sessions of one process ask for shares this stream.
 */
import type { Epoch } from "../base/brand.ts"
import { after, never, type DurationMs, type Instant } from "../base/instant.ts"
import { refuse, type Refusal } from "../contract/errors.ts"
import type { SignedReply, SignedRequest } from "../wire/signed-forms.ts"
import { judge } from "./core/call-policy.ts"
import { MasterSearch, type Diagnosis } from "./core/master-search.ts"
import { Vigil } from "./core/vigil.ts"
import { easyQuestion, SecondOpinion } from "./second-opinion.ts"
import type { Surroundings } from "./surroundings.ts"
import type { CallResult, CallStream, Transport } from "./transport.ts"

/** After how long something is wrong, even with a replica that answers others. Some calls may rightly wait for ever. */
export type Patience = DurationMs | "endless"

export interface LinkCall {
  /** The request as it has to be sent now. Called at every sending. */
  request(epoch: Epoch): SignedRequest
  readonly patienceMs: Patience
  /** Whether the master may hold the answer back on purpose, so that its silence tells nothing. */
  readonly mayBeParked: boolean
  /** Whether it may go ahead of calls that were issued before it and put off by the cell. */
  readonly mayOvertake: boolean
  settle(reply: SignedReply): void
}

export interface LinkListener {
  /** Another master than before has answered. */
  failedOver(epoch: Epoch): void
  closed(): void
}

/** A call on its way, as the link sees it. */
export interface SubmittedCall {
  readonly callId: number
  /** From the first sending on, the cell may have heard of it; from the second on, it may have answered already. */
  readonly sendingCount: number
}

interface Outstanding extends SubmittedCall {
  readonly call: LinkCall
  sendingCount: number
  /** When it was last sent on the present stream; undefined: not yet, or it has been put off. */
  sentAt: Instant | undefined
  /** Under which epoch it was last sent. */
  sentUnder: Epoch
  /** How often the present replica has put it off. */
  postponedCount: number
}

interface OpenStream {
  readonly address: string
  readonly stream: CallStream
  /** Whether the replica has proved to be the one that serves. */
  serves: boolean
  /** How often in a row it has made calls wait and served none in between: of those, some may have been given up. */
  pauseCount: number
  /** Calls that were put off wait for this timer, and so do those issued after them. */
  isPausing: boolean
  readonly vigil: Vigil
  /** When something easy was asked, if nothing was heard since; else `never`. */
  probedAt: Instant
  /** While the replica is suspected to be gone. */
  secondOpinion: SecondOpinion | undefined
}

/** Of what is asked to see whether a replica answers at all. No call has it. */
const probeCallId = 0

export class Link {
  readonly #transport: Transport
  readonly #surroundings: Surroundings
  readonly #search: MasterSearch
  /** By call id, in the order of issue. */
  readonly #outstanding = new Map<number, Outstanding>()
  readonly #listeners = new Set<LinkListener>()
  readonly #timers = new Set<() => void>()
  #lastCallId = 0
  #epoch: Epoch = 0
  #open: OpenStream | undefined
  #isSeeking = false
  /** When silence is looked for next. */
  #watchAt: Instant = never
  #stopWatch: () => void = () => undefined
  #isClosed = false
  /** Doubled when a replica falls silent, so that a slow cell isn't made slower by clients that keep changing sides. */
  #patienceFactor = 1

  constructor(addresses: readonly string[], transport: Transport, surroundings: Surroundings) {
    this.#transport = transport
    this.#surroundings = surroundings
    this.#search = new MasterSearch(addresses, surroundings.dice)
  }

  submit(call: LinkCall): SubmittedCall {
    this.#lastCallId += 1
    const callId = this.#lastCallId
    const outstanding: Outstanding = {
      call,
      callId,
      sendingCount: 0,
      sentAt: undefined,
      sentUnder: 0,
      postponedCount: 0,
    }
    if (this.#isClosed) {
      queueMicrotask(() => {
        call.settle(fromHere(refuseClosed))
      })
      return outstanding
    }
    this.#outstanding.set(callId, outstanding)
    if (this.#open === undefined) this.#seek()
    else if (!this.#open.isPausing || call.mayOvertake) this.#send(this.#open, outstanding)
    return outstanding
  }

  /** Nobody waits for the answer any more, and the call is not sent again. */
  withdraw(submitted: SubmittedCall): void {
    this.#outstanding.delete(submitted.callId)
  }

  /** A master of this epoch has been heard of by another way. Calls that speak of an older one would be refused. */
  heardOf(epoch: Epoch): void {
    this.#learnEpoch(epoch)
  }

  /** What keeps the cell from answering at the moment, if anything is known to. */
  diagnose(): Diagnosis | undefined {
    return this.#search.diagnose()
  }

  /** Returns the way to stop listening. */
  listen(listener: LinkListener): () => void {
    this.#listeners.add(listener)
    return () => {
      this.#listeners.delete(listener)
    }
  }

  /** For good. Whoever still waits for an answer is told. */
  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    for (const callOff of this.#timers) callOff()
    this.#timers.clear()
    this.#open?.secondOpinion?.stop()
    this.#open?.stream.close()
    this.#open = undefined
    for (const listener of this.#listeners) listener.closed()
    for (const { call, sendingCount } of this.#outstanding.values()) {
      call.settle(fromHere({ ...refuseClosed, unknownOutcome: sendingCount > 0 }))
    }
    this.#outstanding.clear()
  }

  #seek(): void {
    if (this.#isSeeking || this.#outstanding.size === 0) return
    this.#isSeeking = true
    const { address, delayMs } = this.#search.next()
    const connect = (): void => {
      this.#isSeeking = false
      this.#connect(address)
    }
    if (delayMs === 0) connect()
    else this.#later(delayMs, connect)
  }

  #connect(address: string): void {
    const stream = this.#transport.open(address, {
      onResults: (results) => {
        if (this.#open === open) this.#receive(open, results)
      },
      onEnd: (reason, refusal) => {
        if (this.#open === open) this.#giveUp(open, reason, refusal)
      },
    })
    const vigil = new Vigil(this.#surroundings.now(), this.#patienceFactor)
    const open: OpenStream = {
      ...{ address, stream, vigil, serves: false, pauseCount: 0, isPausing: false },
      ...{ probedAt: never, secondOpinion: undefined },
    }
    this.#open = open
    this.#sendWaiting(open)
  }

  #leave(open: OpenStream): void {
    open.secondOpinion?.stop()
    open.stream.close()
    this.#open = undefined
    for (const outstanding of this.#outstanding.values()) {
      outstanding.sentAt = undefined
      outstanding.postponedCount = 0
    }
    this.#seek()
  }

  #giveUp(open: OpenStream, detail: string, refusal?: Refusal): void {
    this.#search.failed(open.address, refusal ?? { kind: "unreachable", detail })
    this.#leave(open)
  }

  #sendWaiting(open: OpenStream): void {
    for (const outstanding of this.#outstanding.values()) {
      if (outstanding.sentAt === undefined) this.#send(open, outstanding)
    }
    // A process that is frozen takes connections too, and may be called master by others for a while yet. If there is
    // nothing but KeepAlives and Acquires to send, its silence would not be noticed before the session lease is over.
    if (open.serves) return
    const isSilenceNatural = [...this.#outstanding.values()].every(({ call }) => call.mayBeParked)
    if (isSilenceNatural) this.#probe(open)
  }

  #send(open: OpenStream, outstanding: Outstanding): void {
    outstanding.sentAt = this.#surroundings.now()
    outstanding.sentUnder = this.#epoch
    outstanding.sendingCount += 1
    open.stream.send({ callId: outstanding.callId, request: outstanding.call.request(this.#epoch) })
    this.#watchUntil(Math.min(dueOf(outstanding, this.#patienceFactor), open.vigil.lookAgainAt(owedSince(outstanding))))
  }

  #receive(open: OpenStream, results: readonly CallResult[]): void {
    open.vigil.heard(this.#surroundings.now())
    open.probedAt = never
    open.secondOpinion?.stop()
    open.secondOpinion = undefined
    let elsewhere: Refusal | undefined
    let pauseMs: DurationMs | undefined
    for (const { callId, reply } of results) {
      const { outcome, epoch } = reply
      this.#learnEpoch(epoch)
      const outstanding = this.#outstanding.get(callId)
      if (outstanding === undefined) continue
      const { sentUnder } = outstanding
      const postponedCount = Math.max(outstanding.postponedCount, open.pauseCount)
      // It has been sent again since, see #recall.
      if (outcome.kind === "refused" && outcome.code === "EPOCH_STALE" && epoch === sentUnder) continue
      const isMasterElsewhere = this.#search.isElsewhere(open.address)
      const verdict = judge(outcome, { epoch, newestEpoch: this.#epoch, postponedCount, isMasterElsewhere })
      switch (verdict.kind) {
        case "settle":
          this.#noteService(open)
          this.#outstanding.delete(callId)
          outstanding.call.settle(reply)
          break
        case "askAgain":
          this.#search.noted(open.address, verdict.refusal)
          open.serves = false
          outstanding.sentAt = undefined
          outstanding.postponedCount += 1
          pauseMs = Math.max(pauseMs ?? 0, verdict.pauseMs)
          if (verdict.refusal.code === "EPOCH_STALE") this.#recall()
          break
        case "seekMaster":
          elsewhere = verdict.refusal
          break
      }
    }
    if (this.#open !== open) return
    if (elsewhere !== undefined) {
      this.#search.failed(open.address, elsewhere, elsewhere.masterHint)
      this.#leave(open)
    } else if (pauseMs !== undefined) this.#pause(open, pauseMs)
  }

  /**
   * Whoever refuses one call for its epoch refuses all that were sent under an older one. They are not waited for one by
   * one: what is issued meanwhile would go out under the new epoch, and might be taken in before them.
   */
  #recall(): void {
    for (const outstanding of this.#outstanding.values()) {
      const { sentUnder } = outstanding
      if (sentUnder !== 0 && sentUnder < this.#epoch) outstanding.sentAt = undefined
    }
  }

  #noteService(open: OpenStream): void {
    if (open.serves) return
    open.serves = true
    open.pauseCount = 0
    this.#patienceFactor = 1
    this.#search.served(open.address)
  }

  #learnEpoch(epoch: Epoch): void {
    if (epoch <= this.#epoch) return
    const isFailOver = this.#epoch !== 0
    this.#epoch = epoch
    if (isFailOver) for (const listener of this.#listeners) listener.failedOver(epoch)
  }

  /** All that was put off goes out together afterwards: one by one, calls would arrive in another order. */
  #pause(open: OpenStream, pauseMs: DurationMs): void {
    if (open.isPausing) return
    const resume = (): void => {
      open.isPausing = false
      if (this.#open === open) this.#sendWaiting(open)
    }
    if (pauseMs === 0) {
      resume()
      return
    }
    open.isPausing = true
    open.pauseCount += 1
    this.#later(this.#surroundings.dice.between(pauseMs, Math.ceil(1.5 * pauseMs)), resume)
  }

  #watchUntil(dueAt: Instant): void {
    if (dueAt >= this.#watchAt) return
    this.#stopWatch()
    this.#watchAt = dueAt
    this.#stopWatch = this.#later(Math.max(dueAt - this.#surroundings.now(), 0), () => {
      this.#watchAt = never
      this.#lookForSilence()
    })
  }

  /** One call that stays unanswered for too long ends the stream, and so does a replica that answers nothing at all. */
  #lookForSilence(): void {
    const open = this.#open
    if (open === undefined) return
    let overdueAt = never
    let owed = open.probedAt
    for (const outstanding of this.#outstanding.values()) {
      overdueAt = Math.min(overdueAt, dueOf(outstanding, this.#patienceFactor))
      owed = Math.min(owed, owedSince(outstanding))
    }
    const now = this.#surroundings.now()
    // How long a connection may take is for the transport to say. Others may be trying as well: to ask around, on more
    // connections, would not help.
    if (!open.stream.isConnected) open.vigil.heard(now)
    const suspicion = open.vigil.look(owed, now)
    if (overdueAt <= now || suspicion === "confirmed") {
      this.#patienceFactor = Math.min(this.#patienceFactor * 2, 16)
      this.#giveUp(open, "it does not answer")
      return
    }
    if (suspicion === "begins") this.#suspect(open)
    this.#watchUntil(Math.min(overdueAt, open.vigil.lookAgainAt(owed)))
  }

  #suspect(open: OpenStream): void {
    this.#probe(open)
    const others = this.#search.othersThan(open.address)
    const surroundings = { transport: this.#transport, surroundings: this.#surroundings }
    open.secondOpinion = new SecondOpinion(surroundings, { suspect: open.address, others }, (address) => {
      if (this.#open !== open) return
      this.#search.failed(open.address, { kind: "unreachable", detail: "it does not answer" }, address)
      this.#leave(open)
    })
  }

  #probe(open: OpenStream): void {
    open.stream.send({ callId: probeCallId, request: easyQuestion })
    open.probedAt = this.#surroundings.now()
    this.#watchUntil(open.vigil.lookAgainAt(open.probedAt))
  }

  #later(delayMs: DurationMs, then: () => void): () => void {
    const callOff = this.#surroundings.schedule(delayMs, () => {
      this.#timers.delete(callOff)
      then()
    })
    this.#timers.add(callOff)
    return () => {
      this.#timers.delete(callOff)
      callOff()
    }
  }
}

const refuseClosed: Refusal = refuse("CANCELLED", "the connection to the cell was closed here")

/** No master has said this. */
function fromHere(outcome: Refusal): SignedReply {
  return { outcome, epoch: 0, commitIndex: 0, cachable: false }
}

/** When the answer to a call is overdue; never for one that is not on its way, or may wait for ever. */
function dueOf({ sentAt, call: { patienceMs } }: Outstanding, patienceFactor: number): Instant {
  return sentAt === undefined || patienceMs === "endless" ? never : after(sentAt, patienceMs * patienceFactor)
}

/** Since when the replica should have been able to answer; never for what it may hold back, or hasn't been sent. */
function owedSince({ sentAt, call: { mayBeParked } }: Outstanding): Instant {
  return sentAt === undefined || mayBeParked ? never : sentAt
}
