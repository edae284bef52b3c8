/**
 * One replica's Multi-Paxos: routes an input to the roles and gathers what they want done in an outbox. It has no clock,
 * no dice of its own, no network and no disk. It knows nothing of locks: a value is bytes.
 */
import { unreachable } from "../base/assert.ts"
import type { ReplicaId, Slot } from "../base/brand.ts"
import { type Instant, never } from "../base/instant.ts"
import type { Prng } from "../base/prng.ts"
import { Acceptor, type AcceptorMemory } from "./acceptor.ts"
import { type Admission, Rejoining } from "./admission.ts"
import { type Ballot, compareBallots } from "./ballot.ts"
import type { Outbox } from "./effects.ts"
import { Election } from "./election.ts"
import { Learner } from "./learner.ts"
import { Log } from "./log.ts"
import type { AcceptedSlot, Nack, PaxosMessage, PreVote, Rejoin } from "./messages.ts"
import { Proposer } from "./proposer.ts"
import { type PaxosSettings, quorum } from "./settings.ts"

/** What a replica finds on its disk. */
export interface PaxosMemory extends AcceptorMemory {
  readonly chosenThrough: Slot
  readonly accepted: readonly AcceptedSlot[]
}

export type PaxosInput =
  | { readonly kind: "message"; readonly from: ReplicaId; readonly message: PaxosMessage }
  | { readonly kind: "tick" }
  | { readonly kind: "handOver" }
  /** The state was replaced by a snapshot of everything through `slot`. */
  | { readonly kind: "snapshotInstalled"; readonly slot: Slot }

export class Paxos {
  readonly #settings: PaxosSettings
  readonly #log: Log
  readonly #acceptor: Acceptor
  readonly #learner: Learner
  readonly #proposer: Proposer
  readonly #election: Election
  readonly #rejoining: Rejoining
  #admission: Admission | undefined
  /** Whose lead this replica follows; for hints only. */
  #follows: ReplicaId = 0
  /** Set for good once this replica has handed over: it is about to stop. */
  #leaving = false

  constructor(settings: PaxosSettings, memory: PaxosMemory, dice: Prng, now: Instant) {
    this.#settings = settings
    this.#log = new Log(memory.chosenThrough, memory.accepted)
    this.#acceptor = new Acceptor(settings, this.#log, memory, now)
    this.#learner = new Learner(settings, this.#log)
    this.#proposer = new Proposer(settings, this.#log)
    this.#election = new Election(settings, dice, memory.promised, this.#acceptor.leaseUntil)
    this.#rejoining = new Rejoining(dice.next32())
  }

  /** The ballot in which this replica leads, if it does. */
  get leading(): Ballot | undefined {
    return this.#proposer.leading?.ballot
  }

  /** Before this instant no other replica can have been elected. Zero unless leading. */
  get masterLeaseUntil(): Instant {
    return this.#proposer.leading?.masterLease.until ?? 0
  }

  get capacity(): number {
    return this.#proposer.capacity
  }

  get chosenThrough(): Slot {
    return this.#log.chosenThrough
  }

  get firstLogSlot(): Slot {
    return this.#log.firstSlot
  }

  /** How much of the log is kept in memory. */
  get logSize(): { readonly slots: number; readonly bytes: number } {
    return { slots: this.#log.slotCount, bytes: this.#log.bytes }
  }

  get promised(): Ballot {
    return this.#acceptor.promised
  }

  get voting(): boolean {
    return this.#acceptor.voting
  }

  /** The leader whose lease binds this replica, or zero when it knows of none. */
  leader(now: Instant): ReplicaId {
    if (this.leading !== undefined) return this.#settings.self
    // One that has just stepped down is still bound by the lease that it granted to itself.
    return now < this.#acceptor.leaseUntil && this.#follows !== this.#settings.self ? this.#follows : 0
  }

  /** Replicas that have answered this leader within a lease, itself included. */
  presentReplicas(now: Instant): number {
    return this.#proposer.leading?.masterLease.presentGranters(now, 0) ?? 0
  }

  wakeAt(): Instant {
    const proposer = this.#proposer.wakeAt() ?? never
    return this.#mayStand ? Math.min(proposer, this.#election.suspectAt) : proposer
  }

  get #mayStand(): boolean {
    return this.#proposer.idle && this.#acceptor.voting && !this.#leaving
  }

  /** Proposes `value` in the next slot, which is returned. Only for a leader with capacity left. */
  propose(value: Uint8Array, now: Instant, out: Outbox): Slot {
    return this.#proposer.propose(value, now, out)
  }

  step(input: PaxosInput, now: Instant, out: Outbox): void {
    switch (input.kind) {
      case "message":
        this.#receive(input.from, input.message, now, out)
        break
      case "tick":
        this.#tick(now, out)
        break
      case "handOver":
        this.#handOver(out)
        break
      case "snapshotInstalled":
        this.#log.installSnapshot(input.slot, out)
        // A leader that needs a snapshot to catch up may have skipped the beginning of its own reign.
        this.#proposer.stepDown("neverCaughtUp", out)
        break
      default:
        unreachable(input)
    }
    this.#proposer.advance(now, out)
    if (!this.#acceptor.voting) this.#rejoining.complete(this.#acceptor, this.#log, now, out)
    this.#log.trim({ slots: this.#settings.retainedSlots, bytes: this.#settings.retainedBytes }, out)
  }

  #receive(from: ReplicaId, message: PaxosMessage, now: Instant, out: Outbox): void {
    switch (message.kind) {
      case "preVote":
        return this.#onPreVote(from, message, now, out)
      case "preVoteAnswer": {
        this.#learner.seek(from, message.chosenThrough, now, out)
        const ballot = this.#election.onPreVoteAnswer(from, message)
        if (ballot !== undefined && this.#mayStand) this.#stand(ballot, undefined, now, out)
        return
      }
      case "prepare":
        this.#election.noteBallot(message.ballot)
        if (!this.#acceptor.prepare(message, now, out)) return
        if (from !== this.#settings.self) this.#yield(message.ballot, out)
        return this.#election.trust(now)
      case "promise":
        return this.#onPromise(from, message, now, out)
      case "nack":
        return this.#onNack(message, now, out)
      case "accept":
        if (!this.#acceptor.accept(message, now, out)) return
        return this.#follow(from, message.ballot, message.chosenThrough, now, out)
      case "heartbeat":
        if (!this.#acceptor.heartbeat(message, now, out)) return
        this.#follow(from, message.ballot, message.chosenThrough, now, out)
        if (!this.#acceptor.voting) this.#rejoining.ask(from, message.ballot, out)
        return
      case "accepted":
        return this.#proposer.onAccepted(from, message, now, out)
      case "heartbeatAnswer":
        this.#proposer.onHeartbeatAnswer(from, message)
        return this.#learner.seek(from, message.chosenThrough, now, out)
      case "handOver":
        return this.#onHandOver(message.ballot, message.successor, now, out)
      case "fetch":
        return this.#learner.answer(from, message, out)
      case "chosen":
        return this.#learner.learn(from, message, now, out)
      case "rejoin":
        return this.#onRejoin(from, message, now, out)
      case "admitted":
        return this.#rejoining.onAdmitted(message, this.#acceptor.promised)
      default:
        return unreachable(message)
    }
  }

  #tick(now: Instant, out: Outbox): void {
    this.#proposer.tick(now, out)
    if (!this.#mayStand || now < this.#election.suspectAt) return
    this.#election.poll(this.#election.freshBallot(this.#acceptor.promised), this.#log.chosenThrough, now, out)
  }

  #onPreVote(from: ReplicaId, message: PreVote, now: Instant, out: Outbox): void {
    if (!this.#acceptor.voting) return
    const reason = this.#acceptor.objection(message, now)
    if (reason !== undefined) out.trace.push({ kind: "preVoteRefused", candidate: from, reason })
    const granted = reason === undefined
    const { ballot } = message
    const answer = { ballot, granted, promised: this.#acceptor.promised, chosenThrough: this.#log.chosenThrough }
    out.send.push({ to: from, message: { kind: "preVoteAnswer", ...answer } })
  }

  #stand(ballot: Ballot, admission: Admission | undefined, now: Instant, out: Outbox): void {
    this.#election.noteBallot(ballot)
    this.#admission = admission
    this.#proposer.prepare(ballot, admission?.incarnation, now, out)
  }

  #onPromise(from: ReplicaId, message: PaxosMessage & { kind: "promise" }, now: Instant, out: Outbox): void {
    // What others know to be chosen is fetched, not proposed.
    this.#learner.seek(from, message.chosenThrough, now, out)
    if (!this.#proposer.onPromise(from, message, now, out)) return
    this.#follows = this.#settings.self
    if (this.#admission !== undefined) this.#announceAdmission(this.#admission, out)
  }

  #onNack({ ballot, promised }: Nack, now: Instant, out: Outbox): void {
    this.#election.noteBallot(promised)
    const own = this.#proposer.ballot
    if (own === undefined || compareBallots(ballot, own) !== 0 || compareBallots(promised, own) <= 0) return
    const leadsSafely = this.#proposer.leading !== undefined && now < this.masterLeaseUntil
    this.#proposer.stepDown("higherBallot", out)
    // A replica that once promised a candidate who never won would refuse this leader for good. While the lease lasts
    // nobody else can win, so the leader overtakes that ballot at once (Paxos Made Live, 5.2: boosting).
    if (leadsSafely) this.#stand(this.#election.freshBallot(this.#acceptor.promised), undefined, now, out)
  }

  /** Someone else was promised or leads: whatever this replica was up to in a lower ballot is over. */
  #yield(ballot: Ballot, out: Outbox): void {
    const own = this.#proposer.ballot
    if (own !== undefined && compareBallots(own, ballot) < 0) this.#proposer.stepDown("higherBallot", out)
  }

  #follow(from: ReplicaId, ballot: Ballot, chosenThrough: Slot, now: Instant, out: Outbox): void {
    this.#election.noteBallot(ballot)
    this.#follows = from
    if (from === this.#settings.self) return
    this.#yield(ballot, out)
    this.#election.trust(now)
    this.#learner.hear(from, ballot, chosenThrough, now, out)
  }

  #handOver(out: Outbox): void {
    this.#leaving = true
    const leading = this.#proposer.leading
    // A candidacy ends here as well.
    if (leading === undefined) return this.#proposer.stepDown("handOver", out)
    const successor = this.#proposer.successor() ?? this.#settings.self
    const { ballot } = leading
    this.#proposer.stepDown("handOver", out)
    for (const to of this.#settings.replicas) out.send.push({ to, message: { kind: "handOver", ballot, successor } })
    out.trace.push({ kind: "mastershipHandedOver", successor })
  }

  #onHandOver(ballot: Ballot, successor: ReplicaId, now: Instant, out: Outbox): void {
    this.#acceptor.releaseLease(ballot, now)
    if (!this.#mayStand) return
    if (compareBallots(ballot, this.#acceptor.promised) < 0) return
    if (successor !== this.#settings.self) return this.#election.doubt(now)
    this.#stand(this.#election.freshBallot(this.#acceptor.promised), undefined, now, out)
  }

  #onRejoin(from: ReplicaId, { ballot, nonce }: Rejoin, now: Instant, out: Outbox): void {
    const leading = this.#proposer.leading
    // A request that names another ballot is an old one: answering it would void votes that are good by now.
    if (leading === undefined || compareBallots(ballot, leading.ballot) !== 0) return
    if (this.#admission?.incarnation.replicaId === from && this.#admission.nonce === nonce) {
      return this.#announceAdmission(this.#admission, out)
    }
    // Without a majority of others at hand the new ballot could not be completed, and the cell would lose this reign.
    if (leading.masterLease.presentGranters(now, from) < quorum(this.#settings)) return
    if (now >= leading.masterLease.until) return
    out.trace.push({ kind: "admissionBegan", replicaId: from })
    this.#proposer.stepDown("admission", out)
    const incarnation = { replicaId: from, round: leading.ballot.round + 1 }
    this.#stand(this.#election.freshBallot(this.#acceptor.promised), { incarnation, nonce }, now, out)
  }

  #announceAdmission({ incarnation, nonce }: Admission, out: Outbox): void {
    const leading = this.#proposer.leading
    if (leading === undefined) return
    const { ballot, adoptedThrough, incarnations } = leading
    const message = { kind: "admitted", ballot, nonce, through: adoptedThrough, incarnations } as const
    out.send.push({ to: incarnation.replicaId, message })
  }
}
