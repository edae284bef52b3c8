/**
 * From leader to master and back. Leading is a fact of Paxos; mastership is a service: a leader becomes master of a new
 * *epoch* when its `beginReign` has been applied, so that it knows everything its predecessors acknowledged, and serves
 * while it holds the master lease (Chubby paper, 2.9). What it knows as a master is forgotten when its reign ends.
 */
import type { Epoch, Slot } from "../base/brand.ts"
import { after, type DurationMs, type Instant, never } from "../base/instant.ts"
import { refuse } from "../contract/errors.ts"
import type { Outcome, Request } from "../contract/requests.ts"
import { type Ballot, compareBallots } from "../paxos/ballot.ts"
import type { Paxos } from "../paxos/paxos.ts"
import type { Command } from "../state-machine/commands.ts"
import { encodeBatch } from "../state-machine/command-codec.ts"
import type { Applied } from "../state-machine/state-machine.ts"
import { Admission } from "./admission.ts"
import { Calls } from "./calls.ts"
import type { Load } from "./load.ts"
import { nothingServed, type ServiceMeasures } from "./measures.ts"
import { Replies } from "./replies.ts"
import { Service } from "./service.ts"
import type { Surroundings } from "./surroundings.ts"
import type { Turn } from "./turn.ts"

interface Reign {
  readonly ballot: Ballot
  readonly calls: Calls
  /** While a slot is on its way, calls gather for the next one until then. */
  gatherUntil: Instant
  /** There once `beginReign` has been applied. */
  service: Service | undefined
}

/**
 * Each slot costs every replica a commit and its messages, however little is in it, and the callers of sixty-four sessions
 * would come in threes and fours. So calls gather while a slot is on its way, but for no longer than this: where replicas
 * are far from each other many slots have to be on their way at once.
 */
const gatherMs: DurationMs = 5

const noLoad: Load = { pendingCommands: 0, pendingBytes: 0 }

export class Mastership {
  readonly #surroundings: Surroundings
  readonly #paxos: Paxos
  readonly #admission: Admission
  readonly #replies: Replies
  #reign: Reign | undefined

  constructor(surroundings: Surroundings, paxos: Paxos) {
    this.#surroundings = surroundings
    this.#paxos = paxos
    this.#admission = new Admission(surroundings, paxos)
    this.#replies = new Replies(
      () => this.epoch,
      () => surroundings.machine().appliedThrough,
    )
  }

  /** Of the mastership of this replica; zero while it isn't master. */
  get epoch(): Epoch {
    return this.#reign?.service?.epoch ?? 0
  }

  isMaster(now: Instant): boolean {
    return this.epoch > 0 && now < this.#paxos.masterLeaseUntil
  }

  measures(): ServiceMeasures {
    return this.#reign?.service?.measures() ?? nothingServed
  }

  wakeAt(now: Instant): Instant {
    if (this.#reign === undefined) return never
    const { calls, gatherUntil, service } = this.#reign
    const flushAt = calls.queuedCount > 0 && this.#paxos.capacity > 0 ? gatherUntil : never
    return service !== undefined && this.isMaster(now) ? Math.min(flushAt, service.wakeAt()) : flushAt
  }

  /** Notices that this replica has begun or ceased to lead. */
  watch(now: Instant, turn: Turn): void {
    const ballot = this.#paxos.leading
    const reign = this.#reign
    if (reign !== undefined && (ballot === undefined || compareBallots(ballot, reign.ballot) !== 0)) {
      this.#endReign(reign, turn)
    }
    if (ballot !== undefined && this.#reign === undefined) this.#beginReign(ballot)
    this.#admission.watch(now)
  }

  #beginReign(ballot: Ballot): void {
    this.#reign = { ballot, calls: new Calls(), gatherUntil: never, service: undefined }
    const { machine, settings } = this.#surroundings
    const { self, freshSecrets, administrators } = settings
    if (!machine().founded) this.propose({ kind: "foundCell", ...freshSecrets, administrators })
    this.propose({ kind: "beginReign", replicaId: self, round: ballot.round })
  }

  #endReign({ calls, service }: Reign, turn: Turn): void {
    this.#reign = undefined
    const { undone, unknown } = calls.clear()
    const refusal = refuse("NOT_MASTER", "The master that took this call in has lost its mastership.")
    for (const ticket of [...undone, ...(service?.undone() ?? [])]) this.#replies.push(ticket, refusal, turn)
    for (const ticket of unknown) this.#replies.push(ticket, { ...refusal, unknownOutcome: true }, turn)
    if (service !== undefined) turn.trace.push({ kind: "ceasedToBeMaster", epoch: service.epoch })
  }

  /** A command of the cell's own, for which nobody waits. Of no use at a replica that doesn't lead. */
  propose(command: Command): void {
    this.#reign?.calls.enqueue({ ticket: 0, command, keys: [] })
  }

  /** Puts calls that need not wait into the log, as far as the window allows, and tells sessions what is new. */
  flush(now: Instant, turn: Turn): void {
    if (this.#reign === undefined) return
    const { calls, service } = this.#reign
    service?.settle(this.isMaster(now), now, turn)
    const { batchCommands, batchBytes } = this.#surroundings.settings
    const most = { commands: batchCommands, bytes: batchBytes }
    while (calls.queuedCount > 0 && this.#paxos.capacity > 0) {
      if (calls.isAnyProposed && now < this.#reign.gatherUntil && !calls.isBatchFull(most)) return
      const batch = calls.takeBatch(most)
      const value = encodeBatch(
        batch.map(({ command }) => command),
        this.epoch,
      )
      calls.propose(this.#paxos.propose(value, now, turn.paxos), value, batch)
      this.#reign.gatherUntil = after(now, gatherMs)
    }
  }

  /** A slot has been applied: whoever waits for it is answered, and whoever is concerned is told. */
  onApplied(slot: Slot, value: Uint8Array, applied: Applied, now: Instant, turn: Turn): void {
    for (const { sessionId, reason } of applied.endedSessions)
      turn.trace.push({ kind: "sessionEnded", sessionId, reason })
    const reign = this.#reign
    if (reign === undefined) return
    const { calls, service } = reign
    const own = calls.takeChosen(slot, value)
    service?.onApplied(slot, applied, own ?? [], now, turn)
    const answer = (ticket: number, outcome: Outcome): void => {
      this.#replies.push(ticket, service?.completed(outcome, now) ?? outcome, turn)
    }
    if (own === undefined) calls.settleWaiting(applied.settled, answer)
    else calls.settle(own, applied, answer)
    if (own !== undefined && applied.begunEpoch !== undefined) this.#beginService(reign, applied.begunEpoch, now, turn)
  }

  #beginService(reign: Reign, epoch: Epoch, now: Instant, turn: Turn): void {
    reign.service = new Service(this.#surroundings, reign.calls, this.#replies, epoch, now)
    turn.trace.push({ kind: "becameMaster", epoch })
  }

  tick(now: Instant, turn: Turn): void {
    const service = this.#reign?.service
    if (this.isMaster(now)) service?.tick(now, turn)
    else service?.lapse()
  }

  request(ticket: number, request: Request, now: Instant, turn: Turn): void {
    const service = this.#reign?.service
    const standing = {
      isLeading: this.#reign !== undefined,
      epoch: this.epoch,
      isMaster: this.isMaster(now),
      load: service?.load ?? noLoad,
    }
    const refused = this.#admission.refusalOf(request, standing, now)
    if (refused !== undefined) {
      return this.#replies.push(ticket, refused.refusal, turn, { underLease: refused.underLease })
    }
    service?.request(ticket, request, now, turn)
  }

  abandon(ticket: number): void {
    this.#reign?.calls.abandon(ticket)
    this.#reign?.service?.abandon(ticket)
  }
}
