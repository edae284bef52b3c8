/**
 * Serving: from the moment its reign has begun, a master answers reads from memory, takes mutations in, tells sessions
 * what has happened, and proposes the end of what has run out. Inputs are requests, slots that were applied, and time.
 */
import type { Epoch, SessionId, Slot } from "../base/brand.ts"
import type { Instant } from "../base/instant.ts"
import { refuse } from "../contract/errors.ts"
import type { Outcome, Request } from "../contract/requests.ts"
import type { MutatingOperation } from "../state-machine/commands.ts"
import type { Applied, SessionView } from "../state-machine/state-machine.ts"
import type { Call, Calls } from "./calls.ts"
import { noteRoundEnds } from "./keep-alives.ts"
import type { Load } from "./load.ts"
import { type MasterMemory, newMasterMemory } from "./master-memory.ts"
import type { ServiceMeasures } from "./measures.ts"
import type { Replies } from "./replies.ts"
import { listSessions } from "./session-list.ts"
import type { Surroundings } from "./surroundings.ts"
import type { Turn } from "./turn.ts"

export class Service {
  readonly epoch: Epoch
  readonly #surroundings: Surroundings
  readonly #calls: Calls
  readonly #replies: Replies
  readonly #memory: MasterMemory
  /** The master lease had run out when last looked at: session leases start again when it is back. */
  #hasLapsed = false

  /** Everything that was ever acknowledged is applied here now. */
  constructor(surroundings: Surroundings, calls: Calls, replies: Replies, epoch: Epoch, now: Instant) {
    this.epoch = epoch
    this.#surroundings = surroundings
    this.#calls = calls
    this.#replies = replies
    this.#memory = newMasterMemory({ surroundings, calls, replies, epoch }, now)
    this.#takeOver(now)
  }

  get load(): Load {
    const { heldCount, heldBytes } = this.#memory.mutations
    return {
      pendingCommands: this.#calls.queuedCount + heldCount,
      pendingBytes: this.#calls.queuedBytes + heldBytes,
    }
  }

  measures(): ServiceMeasures {
    const { sessionLeases, table, keepAlives, mutations } = this.#memory
    return {
      ...this.load,
      cachingSessions: sessionLeases.cachingCount,
      cacheRegistrations: table.registrationCount(),
      parkedKeepAlives: keepAlives.parkedCount,
      heldMutations: mutations.heldCount,
    }
  }

  /** Of a master that holds its lease. */
  wakeAt(): Instant {
    const { sessionLeases, rounds, lockDelays, timedWaits, leaseFloor } = this.#memory
    return Math.min(...[sessionLeases, rounds, lockDelays, timedWaits, leaseFloor].map((timer) => timer.nextAt()))
  }

  /** A request that was admitted. */
  request(ticket: number, request: Request, now: Instant, turn: Turn): void {
    const { operation, sessionId } = request
    const machine = this.#surroundings.machine()
    if (operation.kind === "keepAlive") {
      return this.#memory.keepAlives.receive(ticket, sessionId, operation.seen, now, turn)
    }
    if (machine.isRead(operation)) {
      const { outcome, cachable } = this.#memory.reading.read(operation, request, now)
      return this.#replies.push(ticket, outcome, turn, { underLease: true, cachable })
    }
    switch (operation.kind) {
      case "subscribe":
      case "unsubscribe":
      case "resume": {
        const session = machine.session(sessionId)
        const outcome =
          session === undefined
            ? machine.refuseUnknownSession(sessionId)
            : this.#answerForSession(session, operation, now, turn)
        return this.#replies.push(ticket, outcome, turn, { underLease: true })
      }
      case "listSessions":
        return this.#replies.push(ticket, this.#listSessions(request, operation, now), turn, { underLease: true })
      default:
        // isRead has taken the other reads away.
        return this.#mutate(ticket, request, operation, now, turn)
    }
  }

  abandon(ticket: number): void {
    this.#memory.keepAlives.abandon(ticket)
  }

  /** A slot has been applied. First what it is to others, so that whatever is answered now has it told. */
  onApplied(slot: Slot, applied: Applied, own: readonly Call[], now: Instant, turn: Turn): void {
    const { notices, subscriptions, mutations, lockDelays, timedWaits } = this.#memory
    for (const { sessionId, notice } of subscriptions.noticesOf(applied.changes, slot)) notices.add(sessionId, notice)
    for (const call of own) mutations.onApplied(call)
    for (const delay of applied.begunDelays) lockDelays.begin(delay, now)
    for (const wait of applied.begunWaits) timedWaits.begin(wait, now)
    for (const { sessionId, requestNumber } of applied.settled) timedWaits.settle(sessionId, requestNumber)
    for (const { sessionId, reason } of applied.endedSessions) this.#endSession(sessionId, reason, now, turn)
  }

  /** What is told to the caller of a command, given its outcome. */
  completed(outcome: Outcome, now: Instant): Outcome {
    return outcome.kind === "createSession" ? this.#granted(outcome, now) : this.#memory.lockTimes.fillIn(outcome, now)
  }

  /** Ends what has run out, at a master that holds its lease: without it, sessions may be alive elsewhere. */
  tick(now: Instant, turn: Turn): void {
    const { sessionLeases, rounds, keepAlives } = this.#memory
    if (this.#hasLapsed) {
      this.#hasLapsed = false
      sessionLeases.restart(now)
    }
    const { answerable, expired } = sessionLeases.takeDue(now)
    for (const parked of answerable) keepAlives.answer(parked, now, turn)
    for (const sessionId of expired) {
      turn.trace.push({ kind: "sessionExpiryProposed", sessionId })
      this.#memory.mutations.take(0, { kind: "expireSession", sessionId, epoch: this.epoch }, now, turn)
    }
    noteRoundEnds(rounds.takeDue(now), turn)
    this.#endTimers(now, turn)
  }

  /** The master lease has run out: nobody can be heard for now. */
  lapse(): void {
    this.#hasLapsed = true
  }

  /** At the end of a turn: what was held back may go on, and who waits for news is told. */
  settle(isMaster: boolean, now: Instant, turn: Turn): void {
    this.#memory.mutations.release(now, turn)
    if (isMaster) this.#memory.keepAlives.tellFresh(now, turn)
  }

  /** The reign is over. Tickets of calls that were never proposed. */
  undone(): readonly number[] {
    return [...this.#memory.mutations.tickets(), ...this.#memory.sessionLeases.parkedTickets()]
  }

  /** Every session gets a full lease (paper, 2.9, step 1), and every timer starts again. */
  #takeOver(now: Instant): void {
    const { sessionLeases, invalidation, lockDelays, timedWaits } = this.#memory
    const { machine, settings } = this.#surroundings
    const { cacheLeaseMs } = settings
    const cachers: SessionId[] = []
    for (const { sessionId, sessionLeaseMs, caching } of machine().sessions()) {
      const longestMs = Math.max(sessionLeaseMs, machine().leaseFloorMs)
      sessionLeases.inherit(sessionId, { sessionLeaseMs: longestMs, cacheLeaseMs }, caching, now)
      if (caching) cachers.push(sessionId)
    }
    invalidation.takeOver(cachers, now)
    for (const delay of machine().lockDelays()) lockDelays.begin(delay, now)
    for (const wait of machine().timedWaits()) timedWaits.begin(wait, now)
  }

  #answerForSession(
    session: SessionView,
    operation: Extract<Request["operation"], { kind: "subscribe" | "unsubscribe" | "resume" }>,
    now: Instant,
    turn: Turn,
  ): Outcome {
    const { interests } = this.#memory
    switch (operation.kind) {
      case "subscribe":
        return interests.subscribe(session, operation)
      case "unsubscribe":
        return interests.unsubscribe(session, operation)
      case "resume":
        return interests.resume(session, operation, now, turn)
    }
  }

  #listSessions(
    { principal }: Request,
    operation: Extract<Request["operation"], { kind: "listSessions" }>,
    now: Instant,
  ): Outcome {
    const machine = this.#surroundings.machine()
    const root = `/ls/${this.#surroundings.settings.cellName}`
    if (machine.mayRead(principal, root)) return listSessions(machine, this.#memory, operation, now)
    return refuse(
      "PERMISSION_DENIED",
      `To list the sessions takes the right to read ${root}, which ${principal} lacks.`,
    )
  }

  #mutate(ticket: number, request: Request, operation: MutatingOperation, now: Instant, turn: Turn): void {
    const { sessionId, requestNumber, answeredThrough, stillOpen, underSequencer } = request
    const recalled = requestNumber === 0 ? undefined : this.#surroundings.machine().recall(sessionId, requestNumber)
    if (recalled === "waiting") return this.#calls.wait(sessionId, requestNumber, ticket)
    const principal = sessionId === 0 || operation.kind === "createSession" ? request.principal : ""
    const numbers = { sessionId, requestNumber, answeredThrough, stillOpen }
    const command = { kind: "call", ...numbers, principal, underSequencer, operation } as const
    this.#memory.mutations.take(ticket, command, now, turn)
  }

  /** Whoever is told of a session is told of a lease that begins no later than the master's own count of it. */
  #granted(outcome: Extract<Outcome, { kind: "createSession" }>, now: Instant): Outcome {
    const { sessionId } = outcome
    const { sessionLeases, keepAlives } = this.#memory
    const machine = this.#surroundings.machine()
    const session = machine.session(sessionId)
    if (session === undefined) return machine.refuseUnknownSession(sessionId)
    const grant = keepAlives.grantFor(session)
    if (sessionLeases.create(sessionId, grant, session.caching, now)) {
      return { ...outcome, sessionLeaseMs: grant.sessionLeaseMs }
    }
    return refuse("SESSION_EXPIRED", `Session ${sessionId} is about to end.`)
  }

  #endSession(sessionId: SessionId, reason: string, now: Instant, turn: Turn): void {
    const { keepAlives, interests, notices, table, rounds, lockDelays } = this.#memory
    keepAlives.endSession(sessionId, reason, turn)
    interests.endSession(sessionId)
    notices.endSession(sessionId)
    table.endSession(sessionId)
    lockDelays.onSessionEnded(sessionId, now)
    noteRoundEnds(rounds.endSession(sessionId, now), turn)
  }

  #endTimers(now: Instant, turn: Turn): void {
    const { lockDelays, timedWaits, leaseFloor } = this.#memory
    const { epoch } = this
    for (const { instance, since } of lockDelays.takeDue(now)) {
      turn.trace.push({ kind: "lockDelayEndProposed", instance, since })
      // Not just proposed: an ephemeral node may go with its lock-delay, and may be in somebody's cache.
      this.#memory.mutations.take(0, { kind: "endLockDelay", instance, since, epoch }, now, turn)
    }
    for (const { sessionId, requestNumber } of timedWaits.takeDue(now)) {
      turn.trace.push({ kind: "waitEndProposed", sessionId, requestNumber })
      this.#calls.enqueue({ ticket: 0, command: { kind: "endWait", sessionId, requestNumber, epoch }, keys: [] })
    }
    const { sessionCount, leaseFloorMs } = this.#surroundings.machine()
    const sessionLeaseMs = leaseFloor.next(sessionCount, leaseFloorMs, now)
    if (sessionLeaseMs === undefined) return
    turn.trace.push({ kind: "leaseFloorProposed", sessionLeaseMs })
    this.#calls.enqueue({ ticket: 0, command: { kind: "setLeaseFloor", sessionLeaseMs, epoch }, keys: [] })
  }
}
