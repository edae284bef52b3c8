/**
 * Sees everything that happens in a simulated world, from outside of it, and tells the checkers. The replicas and clients
 * under test know nothing of it. All knowledge of true time ends here.
 */
import { present } from "../../src/base/assert.ts"
import { crc32c } from "../../src/base/checksum.ts"
import type { ReplicaId, SessionId, Slot } from "../../src/base/brand.ts"
import type { Reply } from "../../src/contract/requests.ts"
import type { JournalRecord } from "../../src/journal/record.ts"
import type { Ballot } from "../../src/paxos/ballot.ts"
import type { Effects, TraceEvent } from "../../src/replica/effects.ts"
import type { Revived } from "../../src/replica/revive.ts"
import { AgreementChecker } from "./checkers/agreement.ts"
import { AnswersChecker } from "./checkers/answers.ts"
import type { AppliedLog } from "./checkers/applied-log.ts"
import { DigestChecker } from "./checkers/digest.ts"
import { LockBeliefChecker } from "./checkers/lock-belief.ts"
import { MasterLeaseChecker } from "./checkers/master-lease.ts"
import { OrderChecker } from "./checkers/order.ts"
import { SessionSafetyChecker } from "./checkers/session-safety.ts"
import type { ClientObserver } from "./client.ts"
import type { Timeline, TrueTime } from "../../src/testing/time.ts"
import type { LocalClock } from "./clock.ts"
import type { Findings } from "./findings.ts"
import type { Call } from "./history.ts"
import type { HostObserver, SimulatedHost } from "./host.ts"
import { TraceHash } from "./trace-hash.ts"
import { Transcript } from "./transcript.ts"

/** What is known of one replica's process from the outside. */
interface Sight {
  readonly log: Map<Slot, Uint8Array>
  appliedThrough: Slot
  ballot: Ballot | undefined
}

export class Watch implements HostObserver, ClientObserver {
  readonly hash: TraceHash = new TraceHash()
  readonly transcript: Transcript
  /** Told of what replicas tell of themselves. */
  onEvent: (host: SimulatedHost, event: TraceEvent) => void = () => undefined
  /** How often each kind of trace event was seen. */
  readonly marks = new Map<string, number>()
  readonly history: Call[] = []
  readonly beliefs: LockBeliefChecker
  /** When each session was last known to be alive. */
  readonly lastSignOfLife = new Map<SessionId, TrueTime>()
  readonly #log: AppliedLog
  readonly #timeline: Timeline
  readonly #findings: Findings
  readonly #agreement: AgreementChecker
  readonly #order: OrderChecker
  readonly #digests: DigestChecker
  readonly #masterLeases: MasterLeaseChecker
  readonly #sessions: SessionSafetyChecker
  readonly #answers: AnswersChecker
  readonly #sights = new Map<ReplicaId, Sight>()

  constructor(timeline: Timeline, findings: Findings, replicaCount: number, log: AppliedLog, tellAll: boolean) {
    this.transcript = new Transcript(200, tellAll)
    this.#timeline = timeline
    this.#findings = findings
    this.#log = log
    this.beliefs = new LockBeliefChecker(findings)
    this.#agreement = new AgreementChecker(findings, replicaCount)
    this.#order = new OrderChecker(findings)
    this.#digests = new DigestChecker(findings)
    this.#masterLeases = new MasterLeaseChecker(findings)
    this.#sessions = new SessionSafetyChecker(findings)
    this.#answers = new AnswersChecker(findings, this.#log)
  }

  get chosenCount(): number {
    return this.#agreement.chosenCount
  }

  mark(kind: string): void {
    this.marks.set(kind, (this.marks.get(kind) ?? 0) + 1)
  }

  /** Something that befell the world. */
  note(kind: string, text: string): void {
    this.mark(kind)
    this.hash.addText(text)
    this.transcript.note(this.#timeline.now, text)
  }

  started(host: SimulatedHost, { memory, machine }: Revived): void {
    const { replicaId } = host
    const log = new Map(memory.accepted.map(({ slot, value }) => [slot, value]))
    this.#sights.set(replicaId, { log, appliedThrough: machine.appliedThrough, ballot: undefined })
    this.#order.restarted(this.#timeline.now, replicaId, machine.appliedThrough)
    const voice = memory.voting ? "" : " as a learner"
    this.note("start", `replica ${String(replicaId)} starts${voice} at slot ${String(machine.appliedThrough)}`)
  }

  stepped(host: SimulatedHost, effects: Effects, clock: LocalClock): void {
    const { replicaId } = host
    const sight = present(this.#sights.get(replicaId), "who takes a step has started")
    const now = this.#timeline.now
    for (const number of [now, replicaId, effects.journal.length, effects.send.length]) this.hash.add(number)
    this.#masterLeases.holds(now, replicaId, clock.whenShows(effects.leaseUntil))
    for (const record of effects.journal) if (record.kind === "accepted") sight.log.set(record.slot, record.value)
    this.#follow(replicaId, sight, effects)
    // What was applied has been followed, and would drown all else.
    for (const event of effects.trace) if (event.kind !== "applied") this.#noteEvent(host, sight, event)
  }

  madeDurable(host: SimulatedHost, records: readonly JournalRecord[], votes: readonly JournalRecord[]): void {
    for (const vote of votes) {
      if (vote.kind !== "accepted") continue
      this.#agreement.voted(this.#timeline.now, host.replicaId, vote.slot, vote.ballot, vote.value)
    }
    for (const record of records) {
      if (record.kind === "progress") this.#order.madeDurable(host.replicaId, record.appliedThrough)
    }
  }

  stopped({ replicaId }: SimulatedHost, reason: string): void {
    this.#masterLeases.ceased(replicaId)
    this.note(reason, `replica ${String(replicaId)}: ${reason}`)
  }

  forgot({ replicaId, remembers }: SimulatedHost): void {
    if (remembers)
      this.#findings.report(
        "recovery",
        this.#timeline.now,
        `replica ${String(replicaId)} does not believe its sound disk`,
      )
    this.#order.forgot(replicaId)
    this.note("forgot", `replica ${String(replicaId)} has lost its records`)
  }

  broke({ replicaId }: SimulatedHost, error: Error): void {
    const where = (error.stack ?? "").split("\n").slice(1, 6).join("")
    this.#findings.report("crash", this.#timeline.now, `replica ${String(replicaId)}: ${error.message}${where}`)
  }

  /** A message reached a replica. */
  delivered(to: ReplicaId, messages: readonly Uint8Array[]): void {
    this.hash.add(this.#timeline.now * 8 + to)
    for (const message of messages) this.hash.add(crc32c(message))
  }

  invoked(call: Call): void {
    this.history.push(call)
    this.#answers.invoked(call)
    if (call.operation.kind === "closeSession") this.#sessions.closing(call.sessionId)
  }

  answered(at: TrueTime, call: Call, reply: Reply): void {
    this.mark(reply.outcome.kind === "refused" ? `refused ${reply.outcome.code}` : `answered ${reply.outcome.kind}`)
    this.#answers.answered(at, call, reply)
    if (call.sessionId > 0) {
      const latest = Math.max(call.invokedAt, this.lastSignOfLife.get(call.sessionId) ?? 0)
      this.lastSignOfLife.set(call.sessionId, latest)
    }
  }

  sessionPromised(at: TrueTime, sessionId: SessionId, until: TrueTime): void {
    this.#sessions.promised(at, sessionId, until)
  }

  sessionResumed(at: TrueTime, sessionId: SessionId): void {
    this.mark("session resumed")
    this.beliefs.resumed(at, sessionId)
  }

  sessionEndedByCell(at: TrueTime, sessionId: SessionId): void {
    this.mark("session lost")
    this.#sessions.ended(at, sessionId)
  }

  /** Follows what a replica has applied in a step, slot by slot. */
  #follow(replicaId: ReplicaId, sight: Sight, { journal, trace }: Effects): void {
    const now = this.#timeline.now
    for (const event of trace) {
      if (event.kind === "applied") {
        for (let slot = sight.appliedThrough + 1; slot <= event.through; slot += 1) {
          this.#applied(replicaId, slot, sight.log.get(slot))
        }
        sight.appliedThrough = Math.max(sight.appliedThrough, event.through)
      }
      if (event.kind === "snapshotInstalled") {
        this.#order.installed(now, replicaId, event.appliedThrough)
        sight.appliedThrough = event.appliedThrough
      }
    }
    for (const record of journal) {
      if (record.kind === "progress") this.#digests.has(now, replicaId, record.appliedThrough, String(record.digest))
    }
  }

  #applied(replicaId: ReplicaId, slot: Slot, value: Uint8Array | undefined): void {
    const now = this.#timeline.now
    this.#order.applied(now, replicaId, slot)
    if (value === undefined) {
      this.#findings.report(
        "order",
        now,
        `replica ${String(replicaId)} applied slot ${String(slot)} without a record of it`,
      )
      return
    }
    this.#agreement.believed(now, replicaId, slot, value)
    if (slot !== this.#log.appliedThrough + 1) return
    for (const sessionId of this.#log.apply(now, slot, value)) this.#sessions.ended(now, sessionId)
    this.#digests.has(now, 0, slot, String(this.#log.digest))
  }

  #noteEvent(host: SimulatedHost, sight: Sight, event: TraceEvent): void {
    this.mark(event.kind)
    this.onEvent(host, event)
    this.hash.addText(event.kind)
    if ("ballot" in event && event.kind !== "olderValueAdopted") sight.ballot = event.ballot
    const status = host.replica?.status()
    this.transcript.add({
      at: this.#timeline.now,
      replicaId: host.replicaId,
      role: status?.role ?? "down",
      ballot: sight.ballot,
      chosenThrough: status?.chosenThrough ?? 0,
      appliedThrough: status?.appliedThrough ?? 0,
      event,
    })
  }
}
