/**
 * One member of the cell: joins Paxos, the replicated state and, while it leads, the mastership. `step` takes the inputs
 * of a turn and returns what is to be done about them; it never waits, and it can't tell production from simulation.
 */
import { unreachable } from "../base/assert.ts"
import { MalformedBytesError } from "../base/bytes.ts"
import type { ReplicaId, Slot } from "../base/brand.ts"
import type { Instant } from "../base/instant.ts"
import type { Prng } from "../base/prng.ts"
import type { LocalOperation, LocalReply, ReplicaRole, ReplicaStatus } from "../contract/requests.ts"
import type { SigningSecret } from "../contract/signing-keys.ts"
import { birthRecords } from "../journal/recovery.ts"
import type { JournalRecord } from "../journal/record.ts"
import type { PaxosEnvelope, PaxosRecord } from "../paxos/effects.ts"
import { Paxos } from "../paxos/paxos.ts"
import { quorum } from "../paxos/settings.ts"
import { StateMachine } from "../state-machine/state-machine.ts"
import { ChangeRing } from "./change-ring.ts"
import { DigestWatch } from "./digest-watch.ts"
import type { Effects, Input, SnapshotPiece } from "./effects.ts"
import { Mastership } from "./mastership.ts"
import type { ReplicaMeasures } from "./measures.ts"
import type { DigestReport, PeerMessage, SnapshotMessage, SnapshotRequest } from "./peer-messages.ts"
import type { Revived } from "./revive.ts"
import type { ReplicaSettings } from "./settings.ts"
import { SlotClock } from "./slot-clock.ts"
import { type FetchedSnapshot, SnapshotFetch, type SnapshotQuestion } from "./snapshot-fetch.ts"
import { StateKeeping } from "./state-keeping.ts"
import { Turn } from "./turn.ts"

export class Replica {
  readonly #settings: ReplicaSettings
  readonly #paxos: Paxos
  #machine: StateMachine
  readonly #changes: ChangeRing
  readonly #slotClock = new SlotClock()
  readonly #mastership: Mastership
  readonly #digests: DigestWatch
  readonly #snapshotFetch: SnapshotFetch
  readonly #keeping: StateKeeping
  #now: Instant

  constructor(settings: ReplicaSettings, { memory, machine }: Revived, dice: Prng, now: Instant) {
    this.#settings = settings
    this.#now = now
    this.#machine = machine
    this.#paxos = new Paxos(settings, memory, dice, now)
    this.#changes = new ChangeRing(machine.appliedThrough)
    this.#slotClock.note(machine.appliedThrough, now)
    const kept = { changes: this.#changes, slotClock: this.#slotClock }
    this.#mastership = new Mastership({ settings, machine: () => this.#machine, ...kept }, this.#paxos)
    this.#keeping = new StateKeeping(settings.unstoredSlotsMax)
    this.#digests = new DigestWatch(settings.digestEverySlots, quorum(settings))
    this.#snapshotFetch = new SnapshotFetch(settings, dice)
  }

  step(inputs: readonly Input[], now: Instant): Effects {
    this.#now = now
    const turn = new Turn()
    for (const input of inputs) this.#take(input, now, turn)
    for (;;) {
      this.#applyChosen(now, turn)
      this.#mastership.watch(now, turn)
      this.#mastership.flush(now, turn)
      if (!this.#deliverToSelf(now, turn)) break
    }
    return turn.quarantine === undefined ? this.#effects(now, turn) : this.#quarantined(turn.quarantine)
  }

  /** As of `now`: between turns a lease may have run out. */
  status(now: Instant = this.#now): ReplicaStatus {
    const isMaster = this.#mastership.isMaster(now)
    const role: ReplicaRole = isMaster ? "master" : this.#paxos.voting ? "replica" : "learner"
    return {
      cell: this.#settings.cellName,
      replicaId: this.#settings.self,
      role,
      epoch: this.#machine.epoch,
      master: this.#paxos.leader(now),
      canLose: isMaster ? this.#paxos.presentReplicas(now) - quorum(this.#settings) : -1,
      chosenThrough: this.#paxos.chosenThrough,
      appliedThrough: this.#machine.appliedThrough,
      firstLogSlot: this.#paxos.firstLogSlot,
      sessionCount: this.#machine.sessionCount,
      nodeCount: this.#machine.nodeCount,
      digest: this.#machine.digest.toString(16).padStart(13, "0"),
    }
  }

  measures(): ReplicaMeasures {
    const { slots, bytes } = this.#paxos.logSize
    return {
      ...this.#machine.lockCounts(),
      ballotRound: this.#paxos.promised.round,
      logSlots: slots,
      logBytes: bytes,
      nodeBytes: this.#machine.nodeBytes,
      service: this.#mastership.measures(),
    }
  }

  /** For the door that signs sequencers. The same list until they change; empty before the cell has any. */
  signingKeys(): readonly SigningSecret[] {
    return this.#machine.signingKeys
  }

  /** From the state as it is here: it may be behind the cell's, and so may the rights of `principal`. */
  readLocally(operation: LocalOperation, principal: string): LocalReply {
    const caller = { sessionId: 0, requestNumber: 0, principal, underSequencer: undefined }
    return { outcome: this.#machine.read(operation, caller), commitIndex: this.#machine.appliedThrough }
  }

  #take(input: Input, now: Instant, turn: Turn): void {
    switch (input.kind) {
      case "message":
        return this.#receive(input.from, input.message, now, turn)
      case "request":
        return this.#mastership.request(input.ticket, input.request, now, turn)
      case "abandon":
        return this.#mastership.abandon(input.ticket)
      case "tick":
        this.#paxos.step({ kind: "tick" }, now, turn.paxos)
        this.#mastership.tick(now, turn)
        return this.#question(this.#snapshotFetch.tick(now), turn)
      case "handOver":
        return this.#paxos.step({ kind: "handOver" }, now, turn.paxos)
      case "snapshotRead":
        return this.#sendPiece(input.piece, turn)
      default:
        return unreachable(input)
    }
  }

  #receive(from: ReplicaId, message: PeerMessage, now: Instant, turn: Turn): void {
    switch (message.kind) {
      case "paxos":
        this.#paxos.step({ kind: "message", from, message: message.message }, now, turn.paxos)
        return this.#fetchSnapshotIfBehind(now, turn)
      case "snapshot":
        return this.#onSnapshotMessage(from, message.message, now, turn)
      case "digest":
        return this.#onDigestReport(from, message.message)
      default:
        return unreachable(message)
    }
  }

  /** What a replica sends to itself arrives in the same turn. Returns whether anything did. */
  #deliverToSelf(now: Instant, turn: Turn): boolean {
    const envelopes: PaxosEnvelope[] = turn.paxos.send.splice(0)
    let delivered = false
    for (const envelope of envelopes) {
      if (envelope.to === this.#settings.self) {
        delivered = true
        this.#paxos.step({ kind: "message", from: envelope.to, message: envelope.message }, now, turn.paxos)
      } else {
        turn.send.push(turn.wrapped(envelope))
      }
    }
    return delivered
  }

  #applyChosen(now: Instant, turn: Turn): void {
    const chosen = turn.paxos.chosen.splice(0)
    for (const { slot, value } of chosen) {
      const applied = this.#machine.apply(slot, value)
      this.#keeping.note(value.length)
      this.#changes.add(slot, applied.changes)
      this.#slotClock.note(slot, now)
      this.#mastership.onApplied(slot, value, applied, now, turn)
      this.#compareDigest(slot, now, turn)
      for (const attested of applied.attested) {
        turn.trace.push({ kind: "digestAttested", slot: attested.slot })
        if (!this.#digests.disagrees(attested)) continue
        turn.trace.push({ kind: "digestDisagreed", slot: attested.slot })
        turn.quarantine = `the state at slot ${String(attested.slot)} differs from that of a majority`
      }
    }
    if (chosen.length > 0) turn.trace.push({ kind: "applied", through: this.#machine.appliedThrough })
  }

  #storeState(turn: Turn): void {
    for (const { key, payload } of this.#machine.takeWrites()) turn.journal.push({ kind: "state", key, payload })
    this.#noteProgress(turn)
  }

  #noteProgress(turn: Turn): void {
    const { appliedThrough, digest } = this.#machine
    turn.journal.push({ kind: "progress", appliedThrough, digest })
    this.#keeping.stored()
  }

  #compareDigest(slot: Slot, now: Instant, turn: Turn): void {
    const report = this.#digests.note(slot, () => this.#machine.digest)
    if (report === undefined) return
    const leader = this.#paxos.leader(now)
    if (leader === this.#settings.self) this.#onDigestReport(leader, report)
    else if (leader !== 0) turn.tell(leader, { kind: "digest", message: report })
  }

  #onDigestReport(from: ReplicaId, report: DigestReport): void {
    const agreed = this.#digests.onReport(from, report)
    if (agreed !== undefined && this.#paxos.leading !== undefined) {
      this.#mastership.propose({ kind: "attestDigest", ...agreed })
    }
  }

  #fetchSnapshotIfBehind(now: Instant, turn: Turn): void {
    const ahead = turn.paxos.snapshotNeededFrom
    if (ahead === undefined) return
    turn.paxos.snapshotNeededFrom = undefined
    this.#question(this.#snapshotFetch.begin(ahead, this.#paxos.chosenThrough, now), turn)
  }

  #question(question: SnapshotQuestion | undefined, turn: Turn): void {
    if (question === undefined) return
    if (question.message.kind === "snapshotRequest" && question.message.cursor === "") {
      turn.trace.push({ kind: "snapshotFetchBegan", from: question.to })
    }
    turn.tell(question.to, { kind: "snapshot", message: question.message })
  }

  #onSnapshotMessage(from: ReplicaId, message: SnapshotMessage, now: Instant, turn: Turn): void {
    switch (message.kind) {
      case "snapshotRequest":
        return this.#serveSnapshot(from, message, turn)
      case "snapshotRefused":
        return this.#question(this.#snapshotFetch.onRefused(message.transfer, now), turn)
      case "snapshotPiece": {
        const next = this.#snapshotFetch.onPiece(message, now)
        if (next === undefined) return
        if ("entries" in next) this.#install(from, next, now, turn)
        else this.#question(next, turn)
        return
      }
      default:
        return unreachable(message)
    }
  }

  #serveSnapshot(to: ReplicaId, { transfer, cursor, above }: SnapshotRequest, turn: Turn): void {
    if (cursor === "" && this.#machine.appliedThrough <= above) {
      return turn.tell(to, { kind: "snapshot", message: { kind: "snapshotRefused", transfer } })
    }
    turn.snapshotReads.push({ to, transfer, cursor, bytesMax: this.#settings.snapshotPieceBytes })
  }

  #sendPiece({ to, ...piece }: SnapshotPiece, turn: Turn): void {
    turn.tell(to, { kind: "snapshot", message: { kind: "snapshotPiece", ...piece } })
  }

  /** Replaces the state, if the snapshot is sound and reaches further than what is here by now. */
  #install(from: ReplicaId, { appliedThrough, entries }: FetchedSnapshot, now: Instant, turn: Turn): void {
    this.#applyChosen(now, turn)
    if (appliedThrough <= this.#machine.appliedThrough) return
    const machine = restored(this.#settings.cellName, entries)
    if (machine?.appliedThrough !== appliedThrough) {
      turn.trace.push({ kind: "snapshotFetchFailed", from })
      return
    }
    this.#machine = machine
    this.#changes.reset(appliedThrough)
    this.#slotClock.note(appliedThrough, now)
    turn.journal.push({ kind: "stateCleared" })
    for (const { key, payload } of entries) turn.journal.push({ kind: "state", key, payload })
    this.#noteProgress(turn)
    this.#paxos.step({ kind: "snapshotInstalled", slot: appliedThrough }, now, turn.paxos)
    turn.trace.push({ kind: "snapshotInstalled", appliedThrough, entryCount: entries.length })
  }

  #effects(now: Instant, turn: Turn): Effects {
    if (this.#keeping.isDue(turn.paxos.records, this.#machine.waitingWriteCount)) this.#storeState(turn)
    const paxosRecords = turn.paxos.records.map((record) => this.#journalRecord(record))
    const wakeAt = Math.min(this.#paxos.wakeAt(), this.#mastership.wakeAt(now), this.#snapshotFetch.wakeAt)
    return {
      journal: [...paxosRecords, ...turn.journal],
      sendAfterSync: turn.sendAfterSync(),
      send: turn.send,
      replies: turn.replies,
      leaseUntil: this.#paxos.masterLeaseUntil,
      snapshotReads: turn.snapshotReads,
      wakeAt,
      trace: [...turn.paxos.trace, ...turn.trace],
      quarantine: undefined,
    }
  }

  #journalRecord(record: PaxosRecord): JournalRecord {
    if (record.kind !== "admitted") return record
    const { cellId, cellName, self } = this.#settings
    const identity = { cellId, cellName, replicaId: self, voting: true, incarnation: record.incarnation }
    return { kind: "identity", identity }
  }

  /** Nothing of this turn counts. On its next start this replica has no vote and no state, and is rebuilt. */
  #quarantined(reason: string): Effects {
    const { cellId, cellName, self } = this.#settings
    const reborn = birthRecords({ cellId, cellName, replicaId: self }, false)
    return {
      journal: [{ kind: "stateCleared" }, { kind: "logCleared" }, ...reborn],
      sendAfterSync: [],
      send: [],
      replies: [],
      leaseUntil: 0,
      snapshotReads: [],
      wakeAt: this.#now,
      trace: [],
      quarantine: reason,
    }
  }
}

function restored(cellName: string, entries: FetchedSnapshot["entries"]): StateMachine | undefined {
  try {
    return StateMachine.restore(cellName, entries)
  } catch (error) {
    if (error instanceof MalformedBytesError) return undefined
    throw error
  }
}
