/** A host in a world under the test's hand: time stands still, the disk syncs when told to, and turns come when asked for. */
import { deferred } from "../../../src/base/deferred.ts"
import { type Instant, never } from "../../../src/base/instant.ts"
import { refuse } from "../../../src/contract/errors.ts"
import type { LocalReply, Reply, ReplicaStatus, Request } from "../../../src/contract/requests.ts"
import { type Core, Host } from "../../../src/host/host.ts"
import { silentLogger } from "../../../src/host/logger.ts"
import { decodeMessage } from "../../../src/host/peer-codec.ts"
import type { Clock, Disk, DiskEntry, DiskSnapshot, DiskWrite, Peers, Timers } from "../../../src/host/ports.ts"
import { sealOf } from "../../../src/journal/codec.ts"
import type { JournalRecord } from "../../../src/journal/record.ts"
import type { Effects, Envelope, Input, TicketReply, TraceEvent } from "../../../src/replica/effects.ts"
import type { PeerMessage } from "../../../src/replica/peer-messages.ts"

export const self = 1
export const seal: number = sealOf("cell", self)

const nothing: Effects = {
  journal: [],
  sendAfterSync: [],
  send: [],
  replies: [],
  leaseUntil: 0,
  snapshotReads: [],
  wakeAt: never,
  trace: [],
  quarantine: undefined,
}

/** Answers each turn as the test has laid down, and notes what it was given. */
class ScriptedCore implements Core {
  readonly turns: { readonly inputs: readonly Input[]; readonly now: Instant }[] = []
  role: ReplicaStatus["role"] = "replica"
  #script: ((inputs: readonly Input[]) => Partial<Effects>)[] = []

  /** What the next turns without an answer of their own return. */
  next(...answers: (Partial<Effects> | ((inputs: readonly Input[]) => Partial<Effects>))[]): void {
    this.#script.push(...answers.map((answer) => (typeof answer === "function" ? answer : () => answer)))
  }

  step(inputs: readonly Input[], now: Instant): Effects {
    this.turns.push({ inputs, now })
    return { ...nothing, ...this.#script.shift()?.(inputs) }
  }

  status(): ReplicaStatus {
    return {
      ...{ cell: "cell", replicaId: self, role: this.role, epoch: 1, master: 1, canLose: 2 },
      ...{ chosenThrough: 0, appliedThrough: 0, firstLogSlot: 1, sessionCount: 0, nodeCount: 1, digest: "0" },
    }
  }

  readLocally(): LocalReply {
    return { outcome: refuse("NODE_NOT_FOUND", "there is nothing"), commitIndex: 0 }
  }

  signingKeys(): readonly [] {
    return []
  }
}

/** Commits stay under way until `finish` or `fail`. */
export class ScriptedDisk implements Disk {
  readonly underWay: { readonly keys: readonly string[]; finish(): void; fail(error: Error): void }[] = []
  commitCount = 0
  entries: DiskEntry[] = []
  openSnapshotCount = 0

  load(): Iterable<DiskEntry> {
    return this.entries
  }

  commit(writes: readonly DiskWrite[]): Promise<void> {
    this.commitCount += 1
    const { promise, resolve, reject } = deferred<void>()
    const keys = writes.map((write) => ("key" in write ? write.key : write.prefix))
    this.underWay.push({ keys, finish: resolve, fail: reject })
    return promise
  }

  openSnapshot(): DiskSnapshot {
    this.openSnapshotCount += 1
    const entries = [...this.entries]
    return {
      get: (key) => entries.find((entry) => entry.key === key)?.value,
      read: (prefix, afterKey, bytesMax) => {
        const rest = entries.filter(({ key }) => key.startsWith(prefix) && key > afterKey)
        const count = Math.max(1, Math.floor(bytesMax))
        return { entries: rest.slice(0, count), last: rest.length <= count }
      },
      close: () => {
        this.openSnapshotCount -= 1
      },
    }
  }

  close(): Promise<void> {
    return Promise.resolve()
  }
}

class ScriptedPeers implements Peers {
  readonly sent: { readonly to: number; readonly messages: readonly (PeerMessage | undefined)[] }[] = []
  receive: (from: number, messages: readonly Uint8Array[]) => void = () => {}

  send(to: number, messages: readonly Uint8Array[]): void {
    this.sent.push({ to, messages: messages.map(decodeMessage) })
  }

  onReceive(listener: (from: number, messages: readonly Uint8Array[]) => void): void {
    this.receive = listener
  }

  reachable(): readonly number[] {
    return []
  }

  close(): Promise<void> {
    return Promise.resolve()
  }
}

export class ScriptedTime implements Clock, Timers {
  instant: Instant = 1_000
  #soon: (() => void)[] = []
  #timers: { readonly at: Instant; readonly callback: () => void }[] = []

  now(): Instant {
    return this.instant
  }

  soon(callback: () => void): void {
    this.#soon.push(callback)
  }

  at(instant: Instant, callback: () => void): () => void {
    const timer = { at: instant, callback }
    this.#timers.push(timer)
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer)
    }
  }

  get timerCount(): number {
    return this.#timers.length
  }

  get nextTimerAt(): Instant {
    return Math.min(never, ...this.#timers.map(({ at }) => at))
  }

  /** One round of the event loop. */
  round(): void {
    const due = this.#soon
    this.#soon = []
    for (const callback of due) callback()
  }

  advanceTo(instant: Instant): void {
    this.instant = instant
    for (const timer of this.#timers.filter(({ at }) => at <= instant)) {
      this.#timers = this.#timers.filter((other) => other !== timer)
      timer.callback()
    }
  }
}

export interface ScriptedWorld {
  readonly core: ScriptedCore
  readonly disk: ScriptedDisk
  readonly peers: ScriptedPeers
  readonly time: ScriptedTime
  readonly host: Host
  readonly fatal: Error[]
  readonly traces: TraceEvent[]
  /** Runs a turn with the inputs at hand. */
  turn(): void
  /** Lets the oldest commit become durable, and what hangs on it happen. */
  sync(): Promise<void>
}

/** A host that has been started and has taken its first turn. */
export function startedWorld(): ScriptedWorld {
  const core = new ScriptedCore()
  const disk = new ScriptedDisk()
  const peers = new ScriptedPeers()
  const time = new ScriptedTime()
  const fatal: Error[] = []
  const traces: TraceEvent[] = []
  const host = new Host({
    ...{ core, self, disk, seal, peers, clock: time, timers: time, log: silentLogger },
    onFatal: (reason) => fatal.push(reason),
    onTrace: (event) => traces.push(event),
  })
  host.start()
  time.round()
  core.turns.length = 0
  const sync = async (): Promise<void> => {
    disk.underWay.shift()?.finish()
    await settled()
  }
  return { core, disk, peers, time, host, fatal, traces, turn: () => time.round(), sync }
}

/** Until promises that are due have called back. */
export async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve))
}

export function digest(slot: number): PeerMessage {
  return { kind: "digest", message: { kind: "digestReport", slot, digest: 0 } }
}

export function envelope(to: number, slot: number): Envelope {
  return { to, message: digest(slot) }
}

export function progress(slot: number): JournalRecord {
  return { kind: "progress", appliedThrough: slot, digest: 0 }
}

export function request(): Request {
  return {
    sessionId: 0,
    requestNumber: 0,
    answeredThrough: 0,
    epoch: 0,
    operation: { kind: "keepAlive", seen: { epoch: 0, through: 0 } },
    stillOpen: [],
    forCache: false,
    underSequencer: undefined,
    principal: "anonymous",
  }
}

export function answer(ticket: number, underLease = false): TicketReply {
  return { ticket, reply: someReply, underLease }
}

export const someReply: Reply = { outcome: { kind: "closeSession" }, epoch: 1, commitIndex: 5, cachable: false }
