/**
 * The proposer: phase 1 once per reign for all open slots, then phase 2 slot by slot, many under way at once.
 * Before it proposes anything of its own it finishes what may have been chosen before it: of the values accepted for a
 * slot it adopts the one with the highest ballot, and fills slots for which nothing was reported with no-ops
 * ("Paxos Made Simple", 2.2 and 3).
 */
import { assert } from "../base/assert.ts"
import type { ReplicaId, Slot } from "../base/brand.ts"
import { noBytes } from "../base/bytes.ts"
import { after, type Instant, never } from "../base/instant.ts"
import { type Ballot, compareBallots } from "./ballot.ts"
import type { Outbox, PaxosEnvelope, StepDownReason } from "./effects.ts"
import type { Log } from "./log.ts"
import { MasterLease } from "./master-lease.ts"
import type { Accept, AcceptedSlot, Accepted, HeartbeatAnswer, Incarnation, Promised } from "./messages.ts"
import { Reserves } from "./reserves.ts"
import { type PaxosSettings, quorum } from "./settings.ts"

interface Preparing {
  readonly kind: "preparing"
  readonly ballot: Ballot
  readonly admits: Incarnation | undefined
  readonly promises: Map<ReplicaId, Promised>
  /** When the question is put again to those that have not promised. */
  resendAt: Instant
  readonly until: Instant
}

/** A slot that was proposed in this reign and is not yet chosen. */
interface OpenSlot {
  readonly value: Uint8Array
  readonly acceptedBy: Set<ReplicaId>
  /** When it is sent again to those that have not answered. */
  resendAt: Instant
}

interface Leading {
  readonly kind: "leading"
  readonly ballot: Ballot
  /** What the promises of this ballot say about replicas that have lost their records. */
  readonly incarnations: readonly Incarnation[]
  readonly masterLease: MasterLease
  /** Everything through here was chosen before this reign, though perhaps not known here yet. */
  readonly chosenBefore: Slot
  /** The last slot that was adopted from earlier reigns; own values follow. */
  readonly adoptedThrough: Slot
  readonly open: Map<Slot, OpenSlot>
  /** Of the values of `open`. */
  openBytes: number
  nextSlot: Slot
  heartbeatAt: Instant
  /** When a slot was chosen and no accept has gone out since that could tell of it. */
  announceAt: Instant
  readonly reserves: Reserves
  /** Known reach of the other replicas, for choosing a successor. */
  readonly reach: Map<ReplicaId, Slot>
  readonly since: Instant
}

type Phase = { readonly kind: "idle" } | Preparing | Leading

/** How soon the others are told of a chosen slot when no accept happens to carry it. */
const announceMs = 10

export class Proposer {
  readonly #settings: PaxosSettings
  readonly #log: Log
  #phase: Phase = { kind: "idle" }

  constructor(settings: PaxosSettings, log: Log) {
    this.#settings = settings
    this.#log = log
  }

  get idle(): boolean {
    return this.#phase.kind === "idle"
  }

  get leading(): Leading | undefined {
    return this.#phase.kind === "leading" ? this.#phase : undefined
  }

  get ballot(): Ballot | undefined {
    return this.#phase.kind === "idle" ? undefined : this.#phase.ballot
  }

  /** How many more slots may be proposed before one of those under way is chosen. */
  get capacity(): number {
    if (this.#phase.kind !== "leading" || this.#phase.openBytes >= this.#settings.windowBytes) return 0
    const behind = Math.max(this.#log.chosenThrough, this.#phase.chosenBefore)
    return Math.max(0, this.#settings.windowSlots - (this.#phase.nextSlot - 1 - behind))
  }

  wakeAt(): Instant | undefined {
    if (this.#phase.kind === "preparing") return Math.min(this.#phase.until, this.#phase.resendAt)
    if (this.#phase.kind === "idle") return undefined
    const { heartbeatAt, announceAt, reserves } = this.#phase
    return Math.min(heartbeatAt, announceAt, reserves.dueAt)
  }

  /** Phase 1a. `ballot` is the candidate's own and higher than any it has seen. */
  prepare(ballot: Ballot, admits: Incarnation | undefined, now: Instant, out: Outbox): void {
    assert(ballot.replicaId === this.#settings.self, "a candidate uses its own ballots")
    const until = after(now, this.#settings.masterLeaseMs)
    const phase: Preparing = { kind: "preparing", ballot, admits, promises: new Map(), resendAt: now, until }
    this.#phase = phase
    out.trace.push({ kind: "prepareBegan", ballot, admits: admits?.replicaId })
    this.#ask(phase, now, out)
  }

  /**
   * A candidate asks itself first, and the others once its own promise is durable. So it never uses a ballot twice, not
   * even if it crashes: a promise made to the first candidacy would leave out what the second has forgotten.
   */
  #ask(phase: Preparing, now: Instant, out: Outbox): void {
    const { ballot, admits, promises } = phase
    const { self, replicas, heartbeatMs } = this.#settings
    phase.resendAt = after(now, heartbeatMs)
    const message = { kind: "prepare", ballot, chosenThrough: this.#log.chosenThrough, admits } as const
    for (const to of promises.has(self) ? replicas : [self]) if (!promises.has(to)) out.send.push({ to, message })
  }

  /** Phase 1b arrives. Returns true when a quorum has promised and this replica leads from now on. */
  onPromise(from: ReplicaId, promise: Promised, now: Instant, out: Outbox): boolean {
    const phase = this.#phase
    if (phase.kind !== "preparing" || compareBallots(promise.ballot, phase.ballot) !== 0) return false
    if (from === phase.admits?.replicaId) return false
    phase.promises.set(from, promise)
    if (from === this.#settings.self) this.#ask(phase, now, out)
    const incarnations = latestIncarnations([...phase.promises.values()])
    const valid = validPromises(phase.promises, incarnations, out)
    if (valid.length < quorum(this.#settings)) return false
    this.#lead(phase.ballot, valid, incarnations, now, out)
    return true
  }

  #lead(
    ballot: Ballot,
    promises: readonly Promised[],
    incarnations: readonly Incarnation[],
    now: Instant,
    out: Outbox,
  ): void {
    const chosenBefore = Math.max(this.#log.chosenThrough, ...promises.map(({ chosenThrough }) => chosenThrough))
    const adopted = highestAccepted(promises)
    const adoptedThrough = Math.max(chosenBefore, ...adopted.keys())
    const phase: Leading = {
      kind: "leading",
      ballot,
      incarnations,
      masterLease: new MasterLease(this.#settings),
      chosenBefore,
      adoptedThrough,
      open: new Map(),
      openBytes: 0,
      nextSlot: chosenBefore + 1,
      heartbeatAt: now,
      announceAt: never,
      reserves: new Reserves(this.#settings),
      reach: new Map(),
      since: now,
    }
    this.#phase = phase
    out.trace.push({ kind: "ledFrom", ballot, slot: chosenBefore + 1 })
    while (phase.nextSlot <= adoptedThrough) {
      const earlier = adopted.get(phase.nextSlot)
      if (earlier === undefined) out.trace.push({ kind: "holeFilled", slot: phase.nextSlot })
      else out.trace.push({ kind: "olderValueAdopted", slot: earlier.slot, ballot: earlier.ballot })
      this.#propose(phase, earlier?.value ?? noBytes, now, out)
    }
  }

  /** Phase 2a for a value of one's own, in the next slot. */
  propose(value: Uint8Array, now: Instant, out: Outbox): Slot {
    assert(this.#phase.kind === "leading", "only a leader proposes")
    return this.#propose(this.#phase, value, now, out)
  }

  #propose(phase: Leading, value: Uint8Array, now: Instant, out: Outbox): Slot {
    const slot = phase.nextSlot
    phase.nextSlot += 1
    phase.openBytes += value.length
    phase.open.set(slot, { value, acceptedBy: new Set(), resendAt: after(now, 3 * this.#settings.heartbeatMs) })
    phase.reserves.ask(this.#acceptMessage(phase, slot, value, now), out.send)
    phase.announceAt = never
    return slot
  }

  #acceptMessage({ ballot }: Leading, slot: Slot, value: Uint8Array, now: Instant): Accept {
    return { kind: "accept", ballot, slot, value, chosenThrough: this.#log.chosenThrough, sentAt: now }
  }

  /** Phase 2b arrives. */
  onAccepted(from: ReplicaId, { ballot, slot, sentAt }: Accepted, now: Instant, out: Outbox): void {
    const phase = this.#phase
    if (phase.kind !== "leading" || compareBallots(ballot, phase.ballot) !== 0) return
    phase.masterLease.grant(from, sentAt)
    phase.reach.set(from, Math.max(slot, phase.reach.get(from) ?? 0))
    phase.open.get(slot)?.acceptedBy.add(from)
    this.advance(now, out)
  }

  onHeartbeatAnswer(from: ReplicaId, { ballot, sentAt, chosenThrough }: HeartbeatAnswer): void {
    const phase = this.#phase
    if (phase.kind !== "leading" || compareBallots(ballot, phase.ballot) !== 0) return
    phase.masterLease.grant(from, sentAt)
    phase.reach.set(from, Math.max(chosenThrough, phase.reach.get(from) ?? 0))
  }

  /** Slots become chosen in order, as far as a quorum has accepted them. */
  advance(now: Instant, out: Outbox): void {
    const phase = this.#phase
    if (phase.kind !== "leading") return
    if (this.#isSuperseded(phase)) return this.stepDown("higherBallot", out)
    for (const [slot, open] of phase.open) {
      if (slot > this.#log.chosenThrough) break
      // Learned from another replica in the meantime.
      close(phase, slot, open)
    }
    for (;;) {
      const slot = this.#log.chosenThrough + 1
      const open = phase.open.get(slot)
      if (open === undefined || open.acceptedBy.size < quorum(this.#settings)) return
      close(phase, slot, open)
      // A leader that was far behind when it was elected has ignored its own accept, like any acceptor far behind.
      if (this.#log.isAcceptedIn(slot, phase.ballot)) this.#log.choose(slot, out)
      else this.#log.learn({ slot, value: open.value }, out)
      phase.reserves.noteChosen(slot, open.acceptedBy, out.send)
      phase.announceAt = after(now, announceMs)
    }
  }

  /**
   * Whether this replica has learned that a slot of its reign was chosen otherwise, which only a higher ballot can do.
   * If it told its followers that this slot is chosen, they would take what they have accepted in the lower one.
   */
  #isSuperseded({ open, nextSlot }: Leading): boolean {
    if (this.#log.chosenThrough >= nextSlot) return true
    for (const [slot, { value }] of open) {
      if (slot > this.#log.chosenThrough) return false
      if (!this.#log.holds(slot, value)) return true
    }
    return false
  }

  tick(now: Instant, out: Outbox): void {
    const phase = this.#phase
    if (phase.kind === "preparing") {
      if (now >= phase.until) this.#phase = { kind: "idle" }
      else if (now >= phase.resendAt) this.#ask(phase, now, out)
    }
    if (phase.kind !== "leading") return
    // A lease that has just lapsed may be a stall; when two more would have passed, the quorum is lost.
    const patience = after(Math.max(phase.masterLease.until, phase.since), 2 * this.#settings.masterLeaseMs)
    if (now >= patience) return this.stepDown("quorumLost", out)
    const tardy = after(phase.since, 8 * this.#settings.masterLeaseMs)
    if (this.#log.chosenThrough < phase.chosenBefore && now >= tardy) return this.stepDown("neverCaughtUp", out)
    if (now >= Math.min(phase.heartbeatAt, phase.announceAt)) this.#beat(phase, now, out)
    else if (now >= phase.reserves.dueAt) phase.reserves.tell(this.#log.chosenThrough, out.send)
  }

  #beat(phase: Leading, now: Instant, out: Outbox): void {
    const { ballot } = phase
    phase.heartbeatAt = after(now, this.#settings.heartbeatMs)
    phase.announceAt = never
    phase.reserves.tell(this.#log.chosenThrough, out.send)
    this.#broadcast({ kind: "heartbeat", ballot, chosenThrough: this.#log.chosenThrough, sentAt: now }, out.send)
    for (const [slot, open] of phase.open) {
      if (now < open.resendAt) break
      open.resendAt = after(now, 3 * this.#settings.heartbeatMs)
      out.trace.push({ kind: "acceptResent", slot })
      const message = this.#acceptMessage(phase, slot, open.value, now)
      for (const to of this.#settings.replicas) if (!open.acceptedBy.has(to)) out.send.push({ to, message })
    }
  }

  stepDown(reason: StepDownReason, out: Outbox): void {
    if (this.#phase.kind === "leading") {
      out.trace.push({ kind: "steppedDown", ballot: this.#phase.ballot, reason })
    }
    this.#phase = { kind: "idle" }
  }

  /** The other replica that is known to reach furthest. */
  successor(): ReplicaId | undefined {
    if (this.#phase.kind !== "leading") return undefined
    let best: ReplicaId | undefined
    let reach = -1
    for (const [replicaId, through] of this.#phase.reach) {
      if (replicaId === this.#settings.self || through <= reach) continue
      best = replicaId
      reach = through
    }
    return best
  }

  #broadcast(message: PaxosEnvelope["message"], envelopes: PaxosEnvelope[]): void {
    for (const to of this.#settings.replicas) envelopes.push({ to, message })
  }
}

function latestIncarnations(promises: readonly Promised[]): Incarnation[] {
  const latest = new Map<ReplicaId, number>()
  for (const { incarnations } of promises) {
    for (const { replicaId, round } of incarnations) latest.set(replicaId, Math.max(round, latest.get(replicaId) ?? 0))
  }
  return [...latest].map(([replicaId, round]) => ({ replicaId, round }))
}

/** Leaves out promises that were made before their maker lost its records, if anyone knows that it did. */
function validPromises(
  promises: ReadonlyMap<ReplicaId, Promised>,
  incarnations: readonly Incarnation[],
  out: Outbox,
): Promised[] {
  const latest = new Map(incarnations.map(({ replicaId, round }) => [replicaId, round]))
  const valid: Promised[] = []
  for (const [voter, promise] of promises) {
    if (promise.incarnation >= (latest.get(voter) ?? 0)) valid.push(promise)
    else out.trace.push({ kind: "promiseDiscounted", voter })
  }
  return valid
}

function close(phase: Leading, slot: Slot, { value }: OpenSlot): void {
  phase.open.delete(slot)
  phase.openBytes -= value.length
}

/** For each slot reported, the value accepted in the highest ballot: any value chosen earlier is this one. */
function highestAccepted(promises: readonly Promised[]): Map<Slot, AcceptedSlot> {
  const highest = new Map<Slot, AcceptedSlot>()
  for (const { accepted } of promises) {
    for (const entry of accepted) {
      const known = highest.get(entry.slot)
      if (known === undefined || compareBallots(entry.ballot, known.ballot) > 0) highest.set(entry.slot, entry)
    }
  }
  return highest
}
