/**
 * From leader to master and back. Leading is a fact of Paxos; mastership is a service: a leader becomes master of a new
 * *epoch* when its `beginReign` has been applied, so that it knows everything its predecessors acknowledged, and serves
 * while it holds the master lease (Chubby paper, 2.9). All that a master knows beyond the replicated state lives here
 * and is forgotten when its reign ends.
 */
import type { Epoch, ReplicaId, SessionId, Slot } from "../base/brand.ts"
import { type Instant, never } from "../base/instant.ts"
import { type ErrorCode, type Refusal, refuse } from "../contract/errors.ts"
import { lifelines } from "../contract/lifelines.ts"
import { limits } from "../contract/limits.ts"
import type { Operation, Outcome, Request } from "../contract/requests.ts"
import { validateRequest } from "../contract/validate.ts"
import { type Ballot, compareBallots } from "../paxos/ballot.ts"
import type { Paxos } from "../paxos/paxos.ts"
import type { Command, MutatingOperation } from "../state-machine/commands.ts"
import { encodeBatch } from "../state-machine/command-codec.ts"
import type { Applied, StateMachine } from "../state-machine/state-machine.ts"
import { Calls } from "./calls.ts"
import { type KeepAliveAnswer, SessionLeases } from "./session-leases.ts"
import type { ReplicaSettings } from "./settings.ts"
import type { Turn } from "./turn.ts"

interface Reign {
  readonly ballot: Ballot
  /** Zero until `beginReign` has been applied. */
  epoch: Epoch
  /** The master lease had run out when last looked at: session leases start again when it is back. */
  lapsed: boolean
}

export class Mastership {
  readonly #settings: ReplicaSettings
  readonly #paxos: Paxos
  readonly #machine: () => StateMachine
  readonly #calls = new Calls()
  readonly #sessionLeases: SessionLeases
  /** Sessions of parked KeepAlives by ticket, for callers that leave. */
  readonly #parkedSessionOf = new Map<number, SessionId>()
  #reign: Reign | undefined
  /** Since when this replica has known of no leader. */
  #leaderlessSince: Instant | undefined

  constructor(settings: ReplicaSettings, paxos: Paxos, machine: () => StateMachine) {
    this.#settings = settings
    this.#paxos = paxos
    this.#machine = machine
    this.#sessionLeases = new SessionLeases(settings.driftPerMille)
  }

  /** Of the mastership of this replica; zero while it isn't master. */
  get epoch(): Epoch {
    return this.#reign?.epoch ?? 0
  }

  isMaster(now: Instant): boolean {
    return this.epoch > 0 && now < this.#paxos.masterLeaseUntil
  }

  wakeAt(now: Instant): Instant {
    return this.isMaster(now) ? this.#sessionLeases.nextAt() : never
  }

  /** Notices that this replica has begun or ceased to lead. */
  watch(now: Instant, turn: Turn): void {
    const ballot = this.#paxos.leading
    const reign = this.#reign
    if (reign !== undefined && (ballot === undefined || compareBallots(ballot, reign.ballot) !== 0)) {
      this.#endReign(reign, turn)
    }
    if (ballot !== undefined && this.#reign === undefined) this.#beginReign(ballot)
    if (this.#paxos.leader(now) !== 0) this.#leaderlessSince = undefined
    else this.#leaderlessSince ??= now
  }

  #beginReign(ballot: Ballot): void {
    this.#reign = { ballot, epoch: 0, lapsed: false }
    const { self, freshSecrets } = this.#settings
    if (!this.#machine().founded) this.propose({ kind: "foundCell", ...freshSecrets })
    this.propose({ kind: "beginReign", replicaId: self, round: ballot.round })
  }

  #endReign(reign: Reign, turn: Turn): void {
    this.#reign = undefined
    const { undone, unknown } = this.#calls.clear()
    const parked = this.#sessionLeases.clear()
    this.#parkedSessionOf.clear()
    const refusal = refuse("NOT_MASTER", "the master that took this call in has lost its mastership")
    for (const ticket of [...undone, ...parked]) this.#reply(ticket, refusal, turn)
    for (const ticket of unknown) this.#reply(ticket, { ...refusal, unknownOutcome: true }, turn)
    if (reign.epoch > 0) turn.trace.push({ kind: "ceasedToBeMaster", epoch: reign.epoch })
  }

  /** A command of the cell's own, for which nobody waits. */
  propose(command: Command): void {
    this.#calls.enqueue({ ticket: 0, command })
  }

  /** Puts queued calls into the log, as far as the window allows. */
  flush(now: Instant, turn: Turn): void {
    const most = { commands: this.#settings.batchCommands, bytes: this.#settings.batchBytes }
    while (this.#calls.queuedCount > 0 && this.#paxos.capacity > 0) {
      const calls = this.#calls.takeBatch(most)
      const value = encodeBatch(calls.map(({ command }) => command))
      this.#calls.propose(this.#paxos.propose(value, now, turn.paxos), value, calls)
    }
  }

  /** A slot has been applied: answer those who wait for it. */
  onApplied(slot: Slot, value: Uint8Array, applied: Applied, now: Instant, turn: Turn): void {
    const own = this.#calls.takeChosen(slot, value)
    const answer = (ticket: number, outcome: Outcome): void => {
      this.#reply(ticket, outcome.kind === "createSession" ? this.#leased(outcome, now) : outcome, turn)
    }
    if (own === undefined) this.#calls.settleWaiting(applied.settled, answer)
    else this.#calls.settle(own, applied, answer)
    for (const { sessionId, reason } of applied.endedSessions) {
      turn.trace.push({ kind: "sessionEnded", sessionId, reason })
      const ticket = this.#sessionLeases.remove(sessionId)
      if (ticket !== undefined) this.#reply(ticket, refuse("SESSION_EXPIRED", `the session has ended: ${reason}`), turn)
    }
    if (own === undefined || this.#reign === undefined || applied.begunEpoch === undefined) return
    this.#begin(this.#reign, applied.begunEpoch, now, turn)
  }

  /** Whoever is told of a session is told of a lease that begins no later than the master's own count of it. */
  #leased(outcome: Extract<Outcome, { kind: "createSession" }>, now: Instant): Outcome {
    const { sessionId, sessionLeaseMs } = outcome
    if (this.#sessionLeases.add(sessionId, sessionLeaseMs, now, true)) return outcome
    return refuse("SESSION_EXPIRED", `session ${String(sessionId)} is about to end`)
  }

  /** Everything that was ever acknowledged is applied here now. Every session gets a full lease (paper, 2.9, step 1). */
  #begin(reign: Reign, epoch: Epoch, now: Instant, turn: Turn): void {
    reign.epoch = epoch
    for (const { sessionId, sessionLeaseMs } of this.#machine().sessions()) {
      this.#sessionLeases.add(sessionId, sessionLeaseMs, now, false)
    }
    turn.trace.push({ kind: "becameMaster", epoch })
  }

  /** Ends what has run out. A master without its lease ends nothing: the sessions may be alive elsewhere. */
  tick(now: Instant, turn: Turn): void {
    if (this.#reign === undefined || this.epoch === 0) return
    if (!this.isMaster(now)) {
      this.#reign.lapsed = true
      return
    }
    if (this.#reign.lapsed) {
      this.#reign.lapsed = false
      this.#sessionLeases.restart(now)
    }
    const { answers, expired } = this.#sessionLeases.takeDue(now)
    for (const answer of answers) this.#extend(answer, turn)
    for (const sessionId of expired) {
      this.propose({ kind: "expireSession", sessionId, epoch: this.epoch })
      turn.trace.push({ kind: "sessionExpiryProposed", sessionId })
    }
  }

  request(ticket: number, request: Request, now: Instant, turn: Turn): void {
    const refusal = this.#admit(request, now)
    if (refusal !== undefined) return this.#reply(ticket, refusal, turn)
    const { operation, sessionId, requestNumber, answeredThrough } = request
    if (operation.kind === "keepAlive") return this.#keepAlive(ticket, sessionId, now, turn)
    if (this.#machine().isRead(operation)) {
      return this.#reply(ticket, this.#machine().read(operation, sessionId, requestNumber), turn, true)
    }
    const recalled = requestNumber === 0 ? undefined : this.#machine().recall(sessionId, requestNumber)
    if (recalled === "waiting") return this.#calls.wait(sessionId, requestNumber, ticket)
    if (this.#isFullFor(operation)) {
      return this.#reply(ticket, refuse("OVERLOADED", `${String(this.#calls.queuedCount)} calls are waiting`), turn)
    }
    // isRead and keepAlive are all that does not go through the log.
    const command = { sessionId, requestNumber, answeredThrough, operation: operation as MutatingOperation }
    this.#calls.enqueue({ ticket, command: { kind: "call", ...command } })
  }

  /** Everything for which a request is turned away before it is looked at as an operation. */
  #admit(request: Request, now: Instant): Refusal | undefined {
    const invalid = validateRequest(request, this.#settings.cellName)
    if (invalid !== undefined) return invalid
    if (this.#reign === undefined) return this.#elsewhere(now)
    if (this.epoch === 0) return refuse("FAIL_OVER_IN_PROGRESS", "a new master is taking over")
    if (!this.isMaster(now)) {
      return refuse("NO_QUORUM", "the master has not heard from a majority of replicas within its lease")
    }
    const { epoch } = request
    if (epoch > this.epoch)
      return refuse("EPOCH_STALE", `this master's epoch is ${String(this.epoch)}, there is a newer`)
    if (epoch !== 0 && epoch < this.epoch) return refuse("EPOCH_STALE", `the epoch is ${String(this.epoch)} by now`)
    return undefined
  }

  /** For what has to wait for its place in the log: KeepAlives and reads don't, and are served all the same. */
  #isFullFor({ kind }: Operation): boolean {
    const most = lifelines.has(kind) ? 2 * limits.pendingCommandsMax : limits.pendingCommandsMax
    const isTooMuch = this.#calls.queuedBytes >= limits.pendingBytesMax && !lifelines.has(kind)
    return isTooMuch || this.#calls.queuedCount >= most
  }

  #elsewhere(now: Instant): Refusal {
    const master: ReplicaId = this.#paxos.leader(now)
    if (master !== 0) {
      const door = this.#settings.doors.get(master) ?? ""
      return { ...refuse("NOT_MASTER", `replica ${String(master)} is master`), masterHint: door }
    }
    const { masterLeaseMs, electionJitterMs } = this.#settings
    const patienceMs = 3 * masterLeaseMs + 2 * electionJitterMs
    const code: ErrorCode = now - (this.#leaderlessSince ?? now) < patienceMs ? "FAIL_OVER_IN_PROGRESS" : "NO_QUORUM"
    return refuse(code, `replica ${String(this.#settings.self)} knows of no master`)
  }

  #keepAlive(ticket: number, sessionId: SessionId, now: Instant, turn: Turn): void {
    const heard = this.#sessionLeases.keepAlive(sessionId, ticket, now)
    if (heard === undefined) {
      return this.#reply(ticket, refuse("SESSION_EXPIRED", `there is no session ${String(sessionId)}`), turn, true)
    }
    this.#parkedSessionOf.set(ticket, sessionId)
    for (const answer of heard.answers) this.#extend(answer, turn)
    if (heard.displaced === undefined) return
    this.#reply(heard.displaced, refuse("CANCELLED", "a later KeepAlive of this session has taken its place"), turn)
  }

  #extend({ ticket, sessionLeaseMs, parkedMs }: KeepAliveAnswer, turn: Turn): void {
    this.#reply(ticket, { kind: "keepAlive", sessionLeaseMs, parkedMs }, turn, true)
  }

  abandon(ticket: number): void {
    this.#calls.abandon(ticket)
    const sessionId = this.#parkedSessionOf.get(ticket)
    if (sessionId === undefined) return
    this.#parkedSessionOf.delete(ticket)
    this.#sessionLeases.abandon(sessionId, ticket)
  }

  #reply(ticket: number, outcome: Outcome, turn: Turn, underLease = false): void {
    this.#parkedSessionOf.delete(ticket)
    const reply = { outcome, epoch: this.epoch, commitIndex: this.#machine().appliedThrough }
    turn.replies.push({ ticket, reply, underLease })
  }
}
