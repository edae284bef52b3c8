/**
 * A simulated caller: one session after another, each kept alive by KeepAlives and given up when its lease and grace
 * period have passed in silence. Calls are repeated under the same request number, at this replica and that, until they
 * are answered. It measures its lease as the paper asks of a client (2.8): from when the call was *sent*, on its own
 * clock, shortened by the drift bound. It is written for the simulator and shares nothing with the real client library.
 */
import { assert } from "../../src/base/assert.ts"
import type { SessionId } from "../../src/base/brand.ts"
import { type Instant, shortened } from "../../src/base/instant.ts"
import type { Prng } from "../../src/base/prng.ts"
import { anonymous } from "../../src/contract/acl.ts"
import { isRetryable } from "../../src/contract/errors.ts"
import type { NoticesSeen } from "../../src/contract/notices.ts"
import type { Operation, Outcome, Reply, Request } from "../../src/contract/requests.ts"
import { type TrueTime, millisecond, type Timeline } from "../../src/testing/time.ts"
import { LocalClock, type PartsPerMillion } from "./clock.ts"
import { type Call, type Completion, unknown } from "./history.ts"
import type { Endpoint, Network } from "../../src/testing/network.ts"

/** The replicas, as a client meets them. */
export interface Door {
  readonly replicas: readonly Endpoint[]
  /** Hands a request to a replica. `answer` is called with nothing when nobody listens there. Returns how to abandon it. */
  ask(replica: Endpoint, request: Request, answer: (reply: Reply | undefined) => void): () => void
}

export interface ClientSettings {
  readonly sessionLeaseMs: number
  readonly gracePeriodMs: number
  readonly driftPerMille: number
  readonly rateErrorMax: PartsPerMillion
  readonly attemptMsMin: number
  readonly attemptMsMax: number
}

/** Told of what happens to a client, by which it is watched. */
export interface ClientObserver {
  invoked(call: Call): void
  answered(at: TrueTime, call: Call, reply: Reply): void
  sessionPromised(at: TrueTime, sessionId: SessionId, until: TrueTime): void
  sessionResumed(at: TrueTime, sessionId: SessionId): void
  sessionEndedByCell(at: TrueTime, sessionId: SessionId): void
}

interface OpenCall {
  readonly call: Call
  readonly then: (outcome: Outcome | undefined) => void
  attempts: number
}

interface Session {
  readonly id: SessionId
  /** On the client's clock. */
  validUntil: Instant
  nextRequestNumber: number
  answeredThrough: number
  readonly answered: Set<number>
  /** Notices taken in: who holds a lock is told that others want it. */
  seen: NoticesSeen
  readonly open: Set<OpenCall>
}

export class SimulatedClient {
  readonly name: string
  readonly #endpoint: Endpoint
  readonly #timeline: Timeline
  readonly #network: Network
  readonly #door: Door
  readonly #dice: Prng
  readonly #settings: ClientSettings
  readonly #observer: ClientObserver
  readonly #clock: LocalClock
  #session: Session | undefined
  #opening = false
  #target: Endpoint
  #epoch = 0
  #nonces = 0
  #frozenUntil: TrueTime = 0

  constructor(
    name: string,
    endpoint: Endpoint,
    world: { readonly timeline: Timeline; readonly network: Network; readonly door: Door; readonly dice: Prng },
    settings: ClientSettings,
    observer: ClientObserver,
  ) {
    this.name = name
    this.#endpoint = endpoint
    this.#timeline = world.timeline
    this.#network = world.network
    this.#door = world.door
    this.#dice = world.dice
    this.#settings = settings
    this.#observer = observer
    this.#clock = LocalClock.random(0, settings.rateErrorMax, world.dice)
    this.#target = world.dice.pick(world.door.replicas)
  }

  get sessionId(): SessionId | undefined {
    return this.#session?.id
  }

  get openCalls(): number {
    return (this.#session?.open.size ?? 0) + (this.#opening ? 1 : 0)
  }

  get frozenUntil(): TrueTime {
    return this.#frozenUntil
  }

  /** True time at which the session lease ends by this client's clock; in the past when there is no session. */
  validUntil(sessionId: SessionId): TrueTime {
    return this.#session?.id === sessionId ? this.#clock.whenShows(this.#session.validUntil) : 0
  }

  /** The process is stopped for a while: whatever arrives waits. */
  freeze(span: TrueTime): void {
    this.#frozenUntil = Math.max(this.#frozenUntil, this.#timeline.now + span)
  }

  /** Opens a session, trying until it succeeds. */
  openSession(then: (sessionId: SessionId) => void): void {
    assert(this.#session === undefined && !this.#opening, "a client has one session at a time")
    this.#opening = true
    this.#nonces += 1
    const operation: Operation = {
      kind: "createSession",
      clientName: this.name,
      ...{ host: "simulated", processId: 1, caching: false },
      sessionLeaseMs: this.#settings.sessionLeaseMs,
      nonce: `${this.name}/${String(this.#nonces)}`,
    }
    const call = this.#newCall(0, 0, operation)
    const open: OpenCall = {
      call,
      attempts: 0,
      then: (outcome) => {
        this.#opening = false
        // Refused for good: start over with a new nonce.
        if (outcome?.kind !== "createSession") return this.openSession(then)
        this.#keepAlive()
        // An answer that was very late, or found its client frozen, may open a session that is over already.
        if (this.#session === undefined) return this.openSession(then)
        then(outcome.sessionId)
      },
    }
    this.#attempt(open, undefined)
  }

  /** Calls within the session. `then` gets undefined if the session ended first: the outcome is unknown. */
  call(operation: Operation, then: (outcome: Outcome | undefined, call: Call) => void): Call {
    const session = this.#session
    assert(session !== undefined, "calls are made in a session")
    const call = this.#newCall(session.id, session.nextRequestNumber++, operation)
    const open: OpenCall = {
      call,
      attempts: 0,
      then: (outcome) => {
        then(outcome, call)
      },
    }
    session.open.add(open)
    this.#attempt(open, session)
    return call
  }

  /** Walks away from the session without a word, as a crash would. */
  abandonSession(): void {
    const session = this.#session
    if (session === undefined) return
    this.#session = undefined
    for (const { then } of session.open) then(undefined)
  }

  #newCall(sessionId: SessionId, requestNumber: number, operation: Operation): Call {
    const invokedAt = this.#timeline.now
    const call: Call = { client: this.name, sessionId, requestNumber, operation, invokedAt, completion: unknown }
    if (operation.kind !== "keepAlive") this.#observer.invoked(call)
    return call
  }

  /** KeepAlives follow one another without a pause; the master parks them. They carry no number: nothing is changed. */
  #keepAlive(): void {
    const session = this.#session
    if (session === undefined) return
    const call = this.#newCall(session.id, 0, { kind: "keepAlive", seen: session.seen })
    const open: OpenCall = {
      call,
      attempts: 0,
      then: () => {
        if (this.#session === session) this.#keepAlive()
      },
    }
    this.#attempt(open, session)
  }

  #attempt(open: OpenCall, session: Session | undefined): void {
    if (session !== this.#session || open.call.completion.kind !== "unknown") return
    if (session !== undefined && this.#isOver(session)) return this.abandonSession()
    open.attempts += 1
    const attempt = open.attempts
    const sentAt = this.#clock.read(this.#timeline.now)
    const replica = this.#target
    const request: Request = {
      sessionId: open.call.sessionId,
      requestNumber: open.call.requestNumber,
      ...this.#acknowledgementFor(open.call, session),
      epoch: this.#epoch,
      ...{ principal: anonymous, forCache: false, underSequencer: undefined },
      operation: open.call.operation,
    }
    let abandon = (): void => undefined
    this.#network.send(this.#endpoint, replica, () => {
      abandon = this.#door.ask(replica, request, (reply) => {
        this.#network.send(replica, this.#endpoint, () => {
          this.#whenAwake(() => {
            this.#receive(open, session, attempt, sentAt, reply)
          })
        })
      })
    })
    this.#later(this.#patienceMs(open), () => {
      if (open.attempts !== attempt || session !== this.#session || open.call.completion.kind !== "unknown") return
      // Some tell the replica that they listen no more, as a closed connection would.
      if (this.#dice.chance(1, 2)) this.#network.send(this.#endpoint, replica, () => abandon())
      if (this.#target === replica) this.#target = this.#dice.pick(this.#door.replicas)
      this.#attempt(open, session)
    })
  }

  /** Either all calls up to a low mark, or all before this one but for those that are listed: both are true. */
  #acknowledgementFor(
    { requestNumber }: Call,
    session: Session | undefined,
  ): Pick<Request, "answeredThrough" | "stillOpen"> {
    if (session === undefined) return { answeredThrough: 0, stillOpen: [] }
    if (requestNumber === 0 || !this.#dice.chance(1, 4)) {
      return { answeredThrough: session.answeredThrough, stillOpen: [] }
    }
    const numbers = [...session.open].map(({ call }) => call.requestNumber)
    return { answeredThrough: requestNumber - 1, stillOpen: numbers.filter((number) => number < requestNumber) }
  }

  /** Calls that may rightly take long are repeated more seldom. */
  #patienceMs({ call }: OpenCall): number {
    const { attemptMsMin, attemptMsMax, sessionLeaseMs } = this.#settings
    const span = this.#dice.between(attemptMsMin, attemptMsMax)
    switch (call.operation.kind) {
      case "keepAlive":
        return Math.min(span + Math.floor(sessionLeaseMs / 2), sessionLeaseMs)
      case "acquire":
        return span * 3
      default:
        return span
    }
  }

  #receive(
    open: OpenCall,
    session: Session | undefined,
    attempt: number,
    sentAt: Instant,
    reply: Reply | undefined,
  ): void {
    if (session !== this.#session || open.call.completion.kind !== "unknown") return
    if (reply === undefined) return this.#retry(open, session, attempt, "")
    this.#epoch = Math.max(this.#epoch, reply.epoch)
    const { outcome } = reply
    if (outcome.kind === "refused") {
      // An Acquire that has waited for as long as it asked to is answered so, and for good.
      const isFinal = outcome.code === "DEADLINE_EXCEEDED" && open.call.operation.kind === "acquire"
      if (isRetryable(outcome.code) && !isFinal) return this.#retry(open, session, attempt, outcome.masterHint ?? "")
      if (outcome.code === "SESSION_EXPIRED" && session !== undefined) {
        this.#observer.sessionEndedByCell(this.#timeline.now, session.id)
        return this.abandonSession()
      }
    }
    this.#complete(open, session, sentAt, reply)
  }

  #complete(open: OpenCall, session: Session | undefined, sentAt: Instant, reply: Reply): void {
    const { call } = open
    const at = this.#timeline.now
    call.completion = completionOf(at, reply.outcome)
    if (session !== undefined && call.requestNumber > 0) noteAnswered(session, open)
    if (reply.outcome.kind === "createSession") {
      const { sessionId, sessionLeaseMs } = reply.outcome
      this.#session = newSession(sessionId)
      this.#extend(this.#session, sentAt + shortened(sessionLeaseMs, this.#settings.driftPerMille))
    }
    if (reply.outcome.kind === "keepAlive" && session !== undefined) {
      // The reply left the master `parkedMs` after the call arrived there, so at least that long after it was sent.
      const { sessionLeaseMs, parkedMs, firstNotice, notices } = reply.outcome
      session.seen = { epoch: reply.epoch, through: firstNotice + notices.length - 1 }
      this.#extend(session, sentAt + shortened(parkedMs + sessionLeaseMs, this.#settings.driftPerMille))
    }
    if (call.operation.kind !== "keepAlive") this.#observer.answered(at, call, reply)
    // A session that is closed is left behind before anything else is called in it.
    if (reply.outcome.kind === "closeSession" && this.#session === session) this.abandonSession()
    open.then(reply.outcome)
  }

  #extend(session: Session, until: Instant): void {
    const now = this.#timeline.now
    const wasValid = this.#clock.read(now) < session.validUntil
    if (until > session.validUntil) session.validUntil = until
    this.#observer.sessionPromised(now, session.id, this.#clock.whenShows(until))
    if (!wasValid && session.nextRequestNumber > 1) this.#observer.sessionResumed(now, session.id)
  }

  #isOver(session: Session): boolean {
    return this.#clock.read(this.#timeline.now) >= session.validUntil + this.#settings.gracePeriodMs
  }

  #retry(open: OpenCall, session: Session | undefined, attempt: number, masterHint: string): void {
    // A later attempt is under way; what became of this one tells nothing.
    if (open.attempts !== attempt) return
    const hinted = this.#door.replicas.find((replica) => masterHint === hintOf(replica))
    this.#target = hinted !== undefined && hinted !== this.#target ? hinted : this.#dice.pick(this.#door.replicas)
    open.attempts += 1
    this.#later(this.#dice.between(5, 100), () => {
      this.#attempt(open, session)
    })
  }

  #later(spanMs: number, then: () => void): void {
    this.#timeline.planAfter(spanMs * millisecond, () => {
      this.#whenAwake(then)
    })
  }

  #whenAwake(then: () => void): void {
    if (this.#timeline.now >= this.#frozenUntil) then()
    else
      this.#timeline.plan(this.#frozenUntil, () => {
        this.#whenAwake(then)
      })
  }
}

/** What simulated replicas give as their address. */
export function hintOf(replica: Endpoint): string {
  return `replica:${String(replica)}`
}

const noticesNone: NoticesSeen = { epoch: 0, through: 0 }

function newSession(id: SessionId): Session {
  return {
    id,
    validUntil: 0,
    nextRequestNumber: 1,
    answeredThrough: 0,
    answered: new Set(),
    seen: noticesNone,
    open: new Set(),
  }
}

function noteAnswered(session: Session, open: OpenCall): void {
  session.open.delete(open)
  session.answered.add(open.call.requestNumber)
  while (session.answered.delete(session.answeredThrough + 1)) session.answeredThrough += 1
}

function completionOf(at: TrueTime, outcome: Outcome): Completion {
  return outcome.kind === "refused"
    ? { kind: "refused", at, refusal: outcome }
    : { kind: "answered", at, answer: outcome }
}
