/**
 * The replicated truth. Batches of commands go in, slot by slot; outcomes come out, and, whenever they are asked for, the
 * entries that have changed, to be stored. Knows no time, no dice and no replica: equal batches give equal states.
 */
import { assert } from "../base/assert.ts"
import type { Epoch, Instance, SessionId, Slot } from "../base/brand.ts"
import { MalformedBytesError } from "../base/bytes.ts"
import type { DurationMs } from "../base/instant.ts"
import type { CacheKey } from "../contract/cache-key.ts"
import type { Refusal } from "../contract/errors.ts"
import type { HandleKey } from "../contract/handle.ts"
import type { EndedSession, Operation, Outcome } from "../contract/requests.ts"
import type { SigningSecret } from "../contract/signing-keys.ts"
import { isReader } from "./acl.ts"
import { applyCommand, breakReign } from "./apply.ts"
import { cacheKeyOf, mayRead } from "./cached-reads.ts"
import type { ReadCaller } from "./caller.ts"
import { type Attested, Changes, type GuardedChange, type Settled, type TimedDelay, type TimedWait } from "./changes.ts"
import { type Batch, decodeBatch } from "./command-codec.ts"
import type { MutatingOperation } from "./commands.ts"
import type { StateEntry } from "./entry-key.ts"
import { EntryLedger, type StateWrite, allEntries } from "./entry-ledger.ts"
import { type LockCounts, countLocks } from "./lock-counts.ts"
import { timedDelays } from "./lock-delay.ts"
import { timedWaits } from "./lock-timers.ts"
import { type ReadOperation, isRead, read } from "./reads.ts"
import { restoreState } from "./restore.ts"
import { isOpen } from "./session.ts"
import { refuseOtherPrincipal } from "./session-operations.ts"
import { State, refuseUnknownSession } from "./state.ts"
import { keysTouchedByEndOf, keysTouchedByEndOfDelay, touchedKeys } from "./touched-keys.ts"

/** What a slot has done. */
export interface Applied {
  /** One per command of the batch. Undefined: an Acquire that waits, or a command that nobody waits for. */
  readonly outcomes: readonly (Outcome | undefined)[]
  /** Acquires that were waiting, from earlier slots or earlier in this batch, and have been answered by this slot. */
  readonly settled: readonly Settled[]
  readonly endedSessions: readonly EndedSession[]
  /** What has happened to nodes and locks, in order. */
  readonly changes: readonly GuardedChange[]
  /** Lock-delays that the master is to time from now on; a node that has had one has a longer one now. */
  readonly begunDelays: readonly TimedDelay[]
  /** Waits that the master is to time from now on. */
  readonly begunWaits: readonly TimedWait[]
  /** Set when a reign began in this slot. */
  readonly begunEpoch: Epoch | undefined
  readonly attested: readonly Attested[]
}

export interface SessionView {
  readonly sessionId: SessionId
  readonly clientName: string
  readonly principal: string
  readonly host: string
  readonly processId: number
  readonly caching: boolean
  readonly sessionLeaseMs: DurationMs
  /** Locks held or waited for, and ephemeral nodes kept alive. */
  readonly engagementCount: number
}

export class StateMachine {
  readonly #state: State
  readonly #ledger = new EntryLedger()

  /** A cell as it is before its first slot, or as `state` has it. */
  constructor(cellName: string, state: State = new State(cellName)) {
    this.#state = state
    this.#ledger.recordAll(state)
  }

  /** From stored entries. Raises `MalformedBytesError` if they are not the entries of one state of this cell. */
  static restore(cellName: string, entries: Iterable<StateEntry>): StateMachine {
    return new StateMachine(cellName, restoreState(cellName, entries))
  }

  get appliedThrough(): Slot {
    return this.#state.appliedThrough
  }

  get epoch(): Epoch {
    return this.#state.epoch
  }

  /** The longest session lease that any master may have granted beyond what was asked for. */
  get leaseFloorMs(): DurationMs {
    return this.#state.leaseFloorMs
  }

  /** Of the whole state at `appliedThrough`: two replicas that differ in anything differ in this. */
  get digest(): number {
    return this.#ledger.digestOf(this.#state)
  }

  /** How many entries `takeWrites` would return, roughly. */
  get waitingWriteCount(): number {
    return this.#ledger.waitingCount
  }

  /** The entries that slots have touched since this was last asked, each once, in their present form. */
  takeWrites(): Iterable<StateWrite> {
    return this.#ledger.takeWrites(this.#state)
  }

  get sessionCount(): number {
    return this.#state.sessions.size
  }

  get nodeCount(): number {
    return this.#state.namespace.size
  }

  /** Of all names and contents. */
  get nodeBytes(): number {
    return this.#state.namespace.usage.total.bytes
  }

  lockCounts(): LockCounts {
    return countLocks(this.#state)
  }

  /** Whether the cell has its secrets. Until then it refuses every call. */
  get founded(): boolean {
    return this.#state.secrets !== undefined
  }

  /** The last one marks new handles, the others are still recognised. Empty until the cell is founded. */
  get handleKeys(): readonly HandleKey[] {
    return this.#state.secrets?.handleKeys ?? []
  }

  /** In order of age; the same list until they change. Empty until the cell is founded. */
  get signingKeys(): readonly SigningSecret[] {
    return this.#state.secrets?.signingKeys ?? noKeys
  }

  sessions(): Iterable<SessionView> {
    return this.#state.sessions.all()
  }

  session(sessionId: SessionId): SessionView | undefined {
    return this.#state.sessions.get(sessionId)
  }

  /** What is said to whoever comes back to a session that is gone. */
  refuseUnknownSession(sessionId: SessionId): Refusal {
    return refuseUnknownSession(this.#state, sessionId)
  }

  /** For a call in a session: there is no such session, or it is not the caller's. */
  refuseStranger(sessionId: SessionId, principal: string): Refusal | undefined {
    const session = this.#state.sessions.get(sessionId)
    return session === undefined ? this.refuseUnknownSession(sessionId) : refuseOtherPrincipal(session, principal)
  }

  /** Those that ended of late, the oldest first. */
  endedSessions(): readonly EndedSession[] {
    return this.#state.endedSessions.all().map(tellEnd)
  }

  /** Everything that a new master has to time: the lock-delays under way, and the waits that are to end. */
  lockDelays(): Iterable<TimedDelay> {
    return timedDelays(this.#state.delayed)
  }

  timedWaits(): Iterable<TimedWait> {
    return timedWaits(this.#state)
  }

  /** Carries out the batch chosen for the next slot. A batch that can't be read is a no-op, on every replica alike. */
  apply(slot: Slot, batch: Uint8Array): Applied {
    const state = this.#state
    assert(slot === state.appliedThrough + 1, "slots are applied in order, each once")
    const changes = (state.changes = new Changes())
    if (slot === 1) changes.nodes.add(state.namespace.root)
    if (batch.length === 0) breakReign(state)
    const { epoch, commands } = readableBatch(batch)
    const outcomes = commands.map((command) => applyCommand(state, command, epoch))
    state.appliedThrough = slot
    this.#ledger.note(changes)
    const { settled, endedSessions, nodeChanges, begunEpoch, attested } = changes
    return {
      outcomes,
      settled,
      endedSessions,
      changes: nodeChanges,
      begunDelays: delaysSince(slot, changes),
      begunWaits: changes.begunWaits.filter(({ sessionId, requestNumber }) => {
        return this.recall(sessionId, requestNumber) === "waiting"
      }),
      begunEpoch,
      attested,
    }
  }

  /** Whether `read` answers it. Anything else goes through the log. */
  isRead(operation: Operation): operation is ReadOperation {
    return isRead(this.#state, operation)
  }

  read(operation: ReadOperation, caller: ReadCaller): Outcome {
    return read(this.#state, caller, operation)
  }

  /** Under which key a client may keep the answer to this read; undefined: it may not. */
  cacheKeyOf(operation: Operation): CacheKey | undefined {
    return cacheKeyOf(this.#state, operation)
  }

  /** All that the mutation, done now, might make stale, and perhaps more. */
  touchedKeys(operation: MutatingOperation, sessionId: SessionId): readonly CacheKey[] {
    return touchedKeys(this.#state, operation, sessionId)
  }

  /** The same for the end of a session, for whatever reason. */
  keysTouchedByEndOf(sessionId: SessionId): readonly CacheKey[] {
    return keysTouchedByEndOf(this.#state, sessionId)
  }

  /** The same for the end of a lock-delay. */
  keysTouchedByEndOfDelay(instance: Instance): readonly CacheKey[] {
    return keysTouchedByEndOfDelay(this.#state, instance)
  }

  /** Whether the principal is among those who may be told of a change that only these readers may be told of. */
  isReader(principal: string, readers: string): boolean {
    return isReader(this.#state, principal, readers)
  }

  /** Whether the principal may know what is at `path` now, or that nothing is. */
  mayRead(principal: string, path: string): boolean {
    return mayRead(this.#state, principal, path)
  }

  /** Whether the call can still be carried out: its client has not acknowledged the answer. */
  isOpen(sessionId: SessionId, requestNumber: number): boolean {
    const session = this.#state.sessions.get(sessionId)
    return session !== undefined && isOpen(session, requestNumber)
  }

  /** The outcome remembered for a session's call, "waiting" for an Acquire in its queue, undefined if neither. */
  recall(sessionId: SessionId, requestNumber: number): Outcome | "waiting" | undefined {
    const result = this.#state.sessions.get(sessionId)?.results.get(requestNumber)
    return result === undefined ? undefined : (result.outcome ?? "waiting")
  }

  /** The whole state, in order of key. Canonical: equal states give equal entries. */
  entries(): Iterable<StateEntry> {
    return allEntries(this.#state)
  }
}

const noKeys: readonly SigningSecret[] = []

/** Those that began in this slot and still last at its end. */
function delaysSince(slot: Slot, { nodes }: Changes): readonly TimedDelay[] {
  return [...timedDelays(nodes)].filter(({ since }) => since === slot)
}

/** Without what the state keeps beside it. */
function tellEnd({ sessionId, clientName, reason, index }: EndedSession): EndedSession {
  return { sessionId, clientName, reason, index }
}

function readableBatch(batch: Uint8Array): Batch {
  try {
    return decodeBatch(batch)
  } catch (error) {
    if (error instanceof MalformedBytesError) return { epoch: 0, commands: [] }
    throw error
  }
}
