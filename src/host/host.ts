/**
 * The loop that runs a replica. Inputs gather in one queue; a turn takes all of them, asks the replica, and carries its
 * effects out in the order of safety: what may leave at once leaves, the journal goes to the disk, and what depends on it
 * leaves when the disk says so. Nothing here knows what the messages mean.
 *
 * A broken invariant or a disk that failed stops everything at once: the process ends, its supervisor starts it again,
 * and it believes only what it then finds on its disk.
 */
import type { ReplicaId } from "../base/brand.ts"
import { noBytes } from "../base/bytes.ts"
import { deferred } from "../base/deferred.ts"
import { after, type DurationMs, type Instant, never } from "../base/instant.ts"
import { refuse, type Refusal } from "../contract/errors.ts"
import { lifelines } from "../contract/lifelines.ts"
import { limits } from "../contract/limits.ts"
import type { LocalOperation, LocalReply, Reply, ReplicaStatus, Request } from "../contract/requests.ts"
import type { SigningSecret } from "../contract/signing-keys.ts"
import type { Seal } from "../journal/codec.ts"
import type { Effects, Envelope, Input, TraceEvent } from "../replica/effects.ts"
import type { PeerMessage } from "../replica/peer-messages.ts"
import { CommitQueue } from "./commit-queue.ts"
import type { Logger } from "./logger.ts"
import type { HostMeasures } from "./meter.ts"
import { decodeMessage, encodeMessage } from "./peer-codec.ts"
import type { Clock, Disk, Peers, Timers } from "./ports.ts"
import { type Answer, ReplyQueue } from "./reply-queue.ts"
import { SnapshotReader } from "./snapshot-reader.ts"

/** What the loop runs; `Replica`, or a scripted one in tests. */
export interface Core {
  step(inputs: readonly Input[], now: Instant): Effects
  status(now: Instant): ReplicaStatus
  readLocally(operation: LocalOperation, principal: string): LocalReply
  signingKeys(): readonly SigningSecret[]
}

export interface HostOptions {
  readonly core: Core
  readonly self: ReplicaId
  readonly disk: Disk
  readonly seal: Seal
  readonly peers: Peers
  readonly clock: Clock
  readonly timers: Timers
  readonly log: Logger
  /** Called once, when this replica must not go on. The process should end. */
  readonly onFatal: (reason: Error) => void
  readonly onTrace?: ((event: TraceEvent, now: Instant) => void) | undefined
  /** Told after each turn how many inputs it took. */
  readonly onTurn?: ((inputCount: number) => void) | undefined
}

/** Names a request that waits for its reply. */
export type Ticket = number

type OnReply = (reply: Reply) => void

/** How long a stopping replica may take to hand over, and then to finish its commits. */
const stopMsMax: DurationMs = 1_000

export class Host {
  readonly #options: HostOptions
  readonly #commits: CommitQueue
  readonly #snapshots: SnapshotReader
  /** `failing`: takes no turn any more, but has a last commit to make. */
  #phase: "new" | "running" | "stopping" | "failing" | "stopped" = "new"

  #inputs: Input[] = []
  #requestCount = 0
  #isTurnDue = false
  readonly #callers = new Map<Ticket, OnReply>()
  readonly #replies: ReplyQueue
  #lastTicket: Ticket = 0
  #undecodedCount = 0

  #wakeAt: Instant = never
  /** When the timer goes off: at `#wakeAt`, or before it, since wishes are mostly put off and timers cost something. */
  #timerAt: Instant = never
  #cancelTimer: () => void = () => {}
  /** Called after each turn of a replica that is stopping. */
  #onTurn: () => void = () => {}

  constructor(options: HostOptions) {
    this.#options = options
    const { disk, seal, clock, timers } = options
    this.#replies = new ReplyQueue(timers, (answer) => this.#reply(answer))
    this.#commits = new CommitQueue({ disk, seal, onFailure: (error) => this.#fail(error) })
    this.#snapshots = new SnapshotReader({ disk, seal, clock, timers })
  }

  start(): void {
    this.#phase = "running"
    this.#options.peers.onReceive((from, messages) => this.#receive(from, messages))
    this.#take({ kind: "tick" })
  }

  /** `onReply` is called once, later, unless the ticket is abandoned or the replica fails. */
  submit(request: Request, onReply: OnReply): Ticket {
    const ticket = (this.#lastTicket += 1)
    this.#callers.set(ticket, onReply)
    const refusal = this.#refusalAtTheDoor(request)
    if (refusal === undefined) {
      this.#requestCount += 1
      this.#take({ kind: "request", ticket, request })
    } else this.#options.timers.soon(() => this.#reply({ ticket, reply: unanswered(refusal) }))
    return ticket
  }

  /** The caller has gone. What it asked for may still happen. */
  abandon(ticket: Ticket): void {
    if (this.#callers.delete(ticket)) this.#take({ kind: "abandon", ticket })
  }

  status(): ReplicaStatus {
    return this.#options.core.status(this.#options.clock.now())
  }

  /** Calls that have not been answered, and how many of them the next turn will take. */
  get callsWaiting(): Pick<HostMeasures, "outstandingCalls" | "waitingRequests"> {
    return { outstandingCalls: this.#callers.size, waitingRequests: this.#requestCount }
  }

  /** From this replica's own state, master or not. */
  readLocally(operation: LocalOperation, principal: string): LocalReply {
    return this.#options.core.readLocally(operation, principal)
  }

  /** The keys of the cell's sequencers, the same list until they change; empty until this replica has learned them. */
  signingKeys(): readonly SigningSecret[] {
    return this.#options.core.signingKeys()
  }

  /** Gives the mastership away, if this replica has it. */
  handOver(): void {
    this.#take({ kind: "handOver" })
  }

  /** Hands the mastership over, makes everything durable, and takes no more turns. Disk and peers stay open. */
  async stop(): Promise<void> {
    if (this.#phase !== "running") return
    this.#phase = "stopping"
    await this.#within(stopMsMax, this.#ceaseToBeMaster())
    await this.#within(stopMsMax, this.#commits.drained())
    if (!this.#isActive()) return
    this.#end()
    const refusal = refuse("FAIL_OVER_IN_PROGRESS", "this replica stops: send the same call again")
    // Some have been proposed, and the next master will finish them.
    const reply = unanswered({ ...refusal, unknownOutcome: true })
    this.#replies.flush()
    for (const ticket of [...this.#callers.keys()]) this.#reply({ ticket, reply })
  }

  #ceaseToBeMaster(): Promise<void> {
    const ceased = deferred<void>()
    this.#onTurn = () => {
      if (this.status().role !== "master") ceased.resolve()
    }
    this.handOver()
    return ceased.promise
  }

  async #within(span: DurationMs, work: Promise<void>): Promise<void> {
    const { clock, timers } = this.#options
    const passed = deferred<void>()
    const cancel = timers.at(after(clock.now(), span), passed.resolve)
    await Promise.race([work, passed.promise])
    cancel()
  }

  #isActive(): boolean {
    return this.#phase === "running" || this.#phase === "stopping"
  }

  #refusalAtTheDoor({ operation }: Request): Refusal | undefined {
    if (this.#phase !== "running") return refuse("FAIL_OVER_IN_PROGRESS", "this replica is not serving")
    // Messages of other replicas still get in: they are what empties the queue.
    const most = lifelines.has(operation.kind) ? 2 * limits.inputQueueMax : limits.inputQueueMax
    if (this.#requestCount < most) return undefined
    return refuse("OVERLOADED", `${most} requests are waiting for this replica`)
  }

  #receive(from: ReplicaId, messages: readonly Uint8Array[]): void {
    for (const bytes of messages) {
      const message = decodeMessage(bytes)
      if (message === undefined) this.#reportUndecoded(from)
      else this.#take({ kind: "message", from, message })
    }
  }

  /** A peer that sends nonsense would fill the log with it, so only every doubling of the count is told. */
  #reportUndecoded(from: ReplicaId): void {
    this.#undecodedCount += 1
    if (Number.isInteger(Math.log2(this.#undecodedCount))) {
      this.#options.log.error({ from, count: this.#undecodedCount }, "dropped a message that can't be decoded")
    }
  }

  #take(input: Input): void {
    if (!this.#isActive()) return
    this.#inputs.push(input)
    if (this.#isTurnDue) return
    this.#isTurnDue = true
    this.#options.timers.soon(() => {
      this.#isTurnDue = false
      this.#guarded(() => this.#turn())
    })
  }

  #turn(): void {
    const inputs = this.#inputs
    this.#inputs = []
    this.#requestCount = 0
    const now = this.#options.clock.now()
    const effects = this.#options.core.step(inputs, now)
    for (const event of effects.trace) this.#options.onTrace?.(event, now)
    this.#options.onTurn?.(inputs.length)
    if (effects.quarantine !== undefined) return this.#quarantine(effects, effects.quarantine)
    this.#send(effects.send)
    this.#commits.add(effects.journal, () => this.#guarded(() => this.#send(effects.sendAfterSync)))
    this.#replyAll(effects)
    for (const read of effects.snapshotReads) {
      const piece = this.#snapshots.read(read)
      if (piece !== undefined) this.#take({ kind: "snapshotRead", piece })
    }
    this.#wake(effects.wakeAt)
    this.#onTurn()
  }

  /**
   * The clock is read after the answers were made: a lease that has run out meanwhile no longer covers them. Whatever
   * happens later, they were true when they were made, and their callers were waiting.
   */
  #replyAll({ replies, leaseUntil }: Effects): void {
    if (replies.length === 0) return
    const isLeaseOver = this.#options.clock.now() >= leaseUntil
    this.#replies.add(
      isLeaseOver ? replies.map((each) => (each.underLease ? { ...each, reply: leaseHasLapsed } : each)) : replies,
    )
  }

  #reply({ ticket, reply }: Answer): void {
    const onReply = this.#callers.get(ticket)
    this.#callers.delete(ticket)
    try {
      onReply?.(reply)
    } catch (error) {
      // That one caller can't be answered is no reason to stop serving all others.
      this.#options.log.error({ error, ticket }, "a door failed to pass a reply on")
    }
  }

  /** All that goes to one replica goes in one frame; a message to several is encoded once. */
  #send(envelopes: readonly Envelope[]): void {
    const frames = new Map<ReplicaId, Uint8Array[]>()
    let latest: PeerMessage | undefined
    let encoded = noBytes
    for (const { to, message } of envelopes) {
      if (to === this.#options.self) {
        this.#take({ kind: "message", from: to, message })
        continue
      }
      if (message !== latest) encoded = encodeMessage(message)
      latest = message
      const frame = frames.get(to)
      if (frame === undefined) frames.set(to, [encoded])
      else frame.push(encoded)
    }
    for (const [to, messages] of frames) this.#options.peers.send(to, messages)
  }

  #wake(at: Instant): void {
    this.#wakeAt = at
    if (at >= this.#timerAt) return
    this.#cancelTimer()
    this.#timerAt = at
    this.#cancelTimer = this.#options.timers.at(at, () => {
      this.#timerAt = never
      if (this.#options.clock.now() >= this.#wakeAt) this.#take({ kind: "tick" })
      else this.#wake(this.#wakeAt)
    })
  }

  /** The journal says that this replica has no state and no vote any more. It counts only once it is on the disk. */
  #quarantine({ journal }: Effects, reason: string): void {
    const error = new Error(`this replica must be rebuilt: ${reason}`)
    this.#phase = "failing"
    this.#commits.add(journal, () => this.#fail(error))
  }

  #guarded(work: () => void): void {
    if (!this.#isActive()) return
    try {
      work()
    } catch (error) {
      this.#fail(error)
    }
  }

  #fail(reason: unknown): void {
    if (this.#phase === "stopped") return
    this.#end()
    this.#options.onFatal(reason instanceof Error ? reason : new Error(String(reason)))
  }

  #end(): void {
    this.#phase = "stopped"
    this.#inputs = []
    this.#cancelTimer()
    this.#snapshots.close()
  }
}

/** A reply that no master gave. */
function unanswered(outcome: Refusal): Reply {
  return { outcome, epoch: 0, commitIndex: 0, cachable: false }
}

const leaseHasLapsed: Reply = unanswered(
  refuse("FAIL_OVER_IN_PROGRESS", "the master lease ran out before the answer could leave: retry the same call"),
)
