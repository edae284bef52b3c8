/**
 * The replicated truth. Batches of commands go in, slot by slot; outcomes come out, with the entries that the slot has
 * changed, to be stored beside it. Knows no time, no dice and no replica: equal batches give equal states, anywhere.
 */
import { assert } from "../base/assert.ts"
import type { Epoch, SessionId, Slot } from "../base/brand.ts"
import { MalformedBytesError } from "../base/bytes.ts"
import type { DurationMs } from "../base/instant.ts"
import type { Operation, Outcome } from "../contract/requests.ts"
import { applyCommand } from "./apply.ts"
import { type Attested, Changes, type EndedSession, type Settled } from "./changes.ts"
import { decodeBatch } from "./command-codec.ts"
import type { Command } from "./commands.ts"
import type { StateEntry } from "./entry-key.ts"
import { EntryLedger, type StateWrite, allEntries } from "./entry-ledger.ts"
import { type ReadOperation, isRead, read } from "./reads.ts"
import { restoreState } from "./restore.ts"
import { State } from "./state.ts"

/** What a slot has done. */
export interface Applied {
  /** One per command of the batch. Undefined: an Acquire that waits, or a command that nobody waits for. */
  readonly outcomes: readonly (Outcome | undefined)[]
  /** Acquires that were waiting, from earlier slots or earlier in this batch, and have been answered by this slot. */
  readonly settled: readonly Settled[]
  readonly endedSessions: readonly EndedSession[]
  /** Set when a reign began in this slot. */
  readonly begunEpoch: Epoch | undefined
  readonly attested: readonly Attested[]
  /** The entries that the slot has touched, each once, in their final form. */
  readonly writes: readonly StateWrite[]
}

export interface SessionView {
  readonly sessionId: SessionId
  readonly clientName: string
  readonly sessionLeaseMs: DurationMs
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

  /** Of the whole state at `appliedThrough`: two replicas that differ in anything differ in this. */
  get digest(): number {
    return this.#ledger.digest
  }

  get sessionCount(): number {
    return this.#state.sessions.size
  }

  get nodeCount(): number {
    return this.#state.namespace.size
  }

  /** Whether the cell has its secrets. Until then it refuses every call. */
  get founded(): boolean {
    return this.#state.secrets !== undefined
  }

  get handleKey(): Uint8Array | undefined {
    return this.#state.secrets?.handleKey
  }

  get signingSeed(): Uint8Array | undefined {
    return this.#state.secrets?.signingSeed
  }

  sessions(): Iterable<SessionView> {
    return this.#state.sessions.all()
  }

  session(sessionId: SessionId): SessionView | undefined {
    return this.#state.sessions.get(sessionId)
  }

  /** Carries out the batch chosen for the next slot. A batch that can't be read is a no-op, on every replica alike. */
  apply(slot: Slot, batch: Uint8Array): Applied {
    const state = this.#state
    assert(slot === state.appliedThrough + 1, "slots are applied in order, each once")
    const changes = (state.changes = new Changes())
    if (slot === 1) changes.nodes.add(state.namespace.root)
    const outcomes = readableCommands(batch).map((command) => applyCommand(state, command))
    state.appliedThrough = slot
    const { settled, endedSessions, begunEpoch, attested } = changes
    return { outcomes, settled, endedSessions, begunEpoch, attested, writes: this.#ledger.record(state, changes) }
  }

  /** Whether `read` answers it. Anything else goes through the log. */
  isRead(operation: Operation): operation is ReadOperation {
    return isRead(this.#state, operation)
  }

  read(operation: ReadOperation, sessionId: SessionId, requestNumber: number): Outcome {
    return read(this.#state, sessionId, requestNumber, operation)
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

function readableCommands(batch: Uint8Array): readonly Command[] {
  try {
    return decodeBatch(batch)
  } catch (error) {
    if (error instanceof MalformedBytesError) return []
    throw error
  }
}
