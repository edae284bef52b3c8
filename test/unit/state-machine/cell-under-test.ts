/**
 * A state machine with the customary comforts: slots count themselves, sessions number their requests, and every slot
 * is followed by the question whether the stored entries still are the state.
 */
import { expect } from "vitest"
import { anonymous } from "../../../src/contract/acl.ts"
import type { ErrorCode } from "../../../src/contract/errors.ts"
import type { LockMode } from "../../../src/contract/lock-mode.ts"
import type { Answer, NodeRef, Operation, Outcome } from "../../../src/contract/requests.ts"
import { encodeBatch } from "../../../src/state-machine/command-codec.ts"
import type { ReadCaller } from "../../../src/state-machine/caller.ts"
import type { Command, MutatingOperation } from "../../../src/state-machine/commands.ts"
import type { ReadOperation } from "../../../src/state-machine/reads.ts"
import { type StateWrite, allEntries } from "../../../src/state-machine/entry-ledger.ts"
import { restoreState } from "../../../src/state-machine/restore.ts"
import { State } from "../../../src/state-machine/state.ts"
import { type Applied, StateMachine } from "../../../src/state-machine/state-machine.ts"

export const cellName = "test"
export const founding: Command = {
  kind: "foundCell",
  handleKey: Uint8Array.from({ length: 16 }, (_, at) => at),
  signingSeeds: [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)],
  administrators: ["root"],
}
/** The root, the directory of the ACLs, and the list of the administrators. */
export const foundedNodeCount = 3
export const noContents: Uint8Array = new Uint8Array(0)

export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

export function at(path: string): NodeRef {
  return { kind: "path", path: path === "" ? "/ls/local" : `/ls/local/${path}` }
}

export function by(handle: string): NodeRef {
  return { kind: "handle", handle }
}

type Of<K extends Operation["kind"]> = Extract<Operation, { kind: K }>

export function openOf(path: string, rest: Partial<Of<"open">> = {}): Of<"open"> {
  const fixed = { kind: "open", path: `/ls/local/${path}`, mode: "write", create: "mayCreate" } as const
  return { ...fixed, nodeKind: "file", ephemeral: false, sequential: false, contents: noContents, acl: {}, ...rest }
}

export function listOf(path: string, rest: Partial<Of<"readDir">> = {}): Of<"readDir"> {
  return { kind: "readDir", node: at(path), afterName: "", pageSize: 100, recursive: false, ...rest }
}

/** Whoever reads. */
export function readerOf(rest: Partial<ReadCaller> = {}): ReadCaller {
  return { sessionId: 0, requestNumber: 0, principal: anonymous, underSequencer: undefined, ...rest }
}

export function acquireOf(
  node: NodeRef,
  mode: LockMode = "exclusive",
  rest: Partial<Of<"acquire">> = {},
): Of<"acquire"> {
  return { kind: "acquire", node, mode, lockDelayMs: 0, waitMs: 0, ...rest }
}

export function tryAcquireOf(node: NodeRef, mode: LockMode = "exclusive", lockDelayMs = 0): Of<"tryAcquire"> {
  return { kind: "tryAcquire", node, mode, lockDelayMs }
}

export function createSessionOf(rest: Partial<Of<"createSession">> = {}): Of<"createSession"> {
  const fixed = { kind: "createSession", clientName: "alice", sessionLeaseMs: 12_000, nonce: "n-1" } as const
  return { ...fixed, host: "", processId: 0, caching: false, ...rest }
}

/** What a store beside the state machine would hold. */
class Store {
  readonly entries = new Map<string, Uint8Array>()

  keep(writes: readonly StateWrite[]): void {
    for (const { key, payload } of writes) {
      if (payload === undefined) this.entries.delete(key)
      else this.entries.set(key, payload)
    }
  }

  inOrder(): { key: string; payload: Uint8Array }[] {
    return [...this.entries.keys()].sort().map((key) => ({ key, payload: this.entries.get(key) as Uint8Array }))
  }
}

/** What follows from the nodes: not stored, but to be the same after a restart. */
function derivedFrom({ sessions, delayed }: State): string[] {
  const barred = [...delayed].map(({ instance }) => `${instance} is barred`).sort()
  const engaged = [...sessions.all()].flatMap(({ sessionId, engagements, engagementCount, rememberedBytes }) => [
    `${sessionId}: ${engagementCount}, ${rememberedBytes} bytes`,
    ...[...engagements].map(([{ instance }, count]) => `${sessionId} with ${instance}: ${count}`).sort(),
  ])
  return [...barred, ...engaged]
}

/** What a new master would find to time. */
function timedBy(machine: StateMachine): string[] {
  return [...machine.lockDelays(), ...machine.timedWaits()].map((timed) => JSON.stringify(timed)).sort()
}

export class CellUnderTest {
  #state = new State(cellName)
  machine: StateMachine = new StateMachine(cellName, this.#state)
  readonly #store = new Store()

  constructor() {
    this.apply(founding)
  }

  apply(...commands: readonly Command[]): Applied {
    return this.applyOf(0, ...commands)
  }

  /** What the master of `epoch` proposed. */
  applyOf(epoch: number, ...commands: readonly Command[]): Applied {
    return this.machine.apply(this.machine.appliedThrough + 1, encodeBatch(commands, epoch))
  }

  /** Stores what has changed since this was done last, and returns the keys. */
  store(): readonly string[] {
    const writes = [...this.machine.takeWrites()]
    this.#store.keep(writes)
    return writes.map(({ key }) => key)
  }

  /** Stored entries, state and digest tell one story. */
  checkStore(): void {
    this.store()
    const stored = this.#store.inOrder()
    expect(stored).toEqual([...this.machine.entries()])
    const restored = restoreState(cellName, stored)
    expect(new StateMachine(cellName, restored).digest).toBe(this.machine.digest)
    expect([...allEntries(restored)]).toEqual(stored)
    expect(derivedFrom(restored)).toEqual(derivedFrom(this.#state))
    expect(timedBy(new StateMachine(cellName, restored))).toEqual(timedBy(this.machine))
  }

  /** Goes on with a machine that knows nothing but what was stored. */
  restart(): void {
    this.store()
    this.#state = restoreState(cellName, this.#store.inOrder())
    this.machine = new StateMachine(cellName, this.#state)
  }

  session(clientName = "alice", principal: string = anonymous): SessionUnderTest {
    const nonce = `nonce-${this.machine.appliedThrough}`
    const outcome = this.outside(createSessionOf({ clientName, nonce }), principal)
    return new SessionUnderTest(this, answered(outcome, "createSession").sessionId, principal)
  }

  outside(operation: MutatingOperation, principal: string = anonymous): Outcome | undefined {
    return this.apply(outsideOf(operation, principal)).outcomes[0]
  }

  read(operation: ReadOperation, principal: string = anonymous): Outcome {
    return this.machine.read(operation, readerOf({ principal }))
  }

  expire(session: SessionUnderTest): Applied {
    return this.apply({ kind: "expireSession", sessionId: session.sessionId, epoch: this.machine.epoch })
  }

  contentsOf(path: string): string {
    const { contents } = answered(this.read({ kind: "getContentsAndStat", node: at(path) }), "getContentsAndStat")
    return new TextDecoder().decode(contents)
  }

  lockOf(path: string): { generation: number; holders: readonly number[]; waiters: readonly number[] } {
    const lock = answered(this.read({ kind: "getLock", node: at(path) }), "getLock")
    return {
      generation: lock.lockGeneration,
      holders: lock.holders.map(({ sessionId }) => sessionId),
      waiters: lock.waiters.map(({ sessionId }) => sessionId),
    }
  }
}

export class SessionUnderTest {
  readonly cell: CellUnderTest
  readonly sessionId: number
  readonly principal: string
  requestNumber = 0

  constructor(cell: CellUnderTest, sessionId: number, principal: string = anonymous) {
    this.cell = cell
    this.sessionId = sessionId
    this.principal = principal
  }

  /** The next call of this session, as a command. */
  next(operation: MutatingOperation, answeredThrough = 0): Command {
    this.requestNumber += 1
    return this.again(operation, this.requestNumber, answeredThrough)
  }

  again(
    operation: MutatingOperation,
    requestNumber: number,
    answeredThrough = 0,
    rest: Partial<Extract<Command, { kind: "call" }>> = {},
  ): Command {
    const { sessionId } = this
    return { ...outsideOf(operation, ""), sessionId, requestNumber, answeredThrough, ...rest }
  }

  call(operation: MutatingOperation, answeredThrough = 0): Outcome | undefined {
    return this.cell.apply(this.next(operation, answeredThrough)).outcomes[0]
  }

  /** The handle that an Open answers with. */
  open(path: string, rest: Partial<Of<"open">> = {}): string {
    return answered(this.call(openOf(path, rest)), "open").handle
  }

  read(operation: ReadOperation): Outcome {
    const { sessionId, requestNumber, principal } = this
    return this.cell.machine.read(operation, readerOf({ sessionId, requestNumber, principal }))
  }
}

/** A call outside any session, as a command. */
export function outsideOf(
  operation: MutatingOperation,
  principal: string = anonymous,
): Extract<Command, { kind: "call" }> {
  const numbers = { sessionId: 0, requestNumber: 0, answeredThrough: 0, stillOpen: [] }
  return { kind: "call", ...numbers, principal, underSequencer: undefined, operation }
}

/** The answer to an operation of this kind, or a failed test. */
export function answered<K extends Answer["kind"]>(
  outcome: Outcome | undefined,
  kind: K,
): Extract<Answer, { kind: K }> {
  expect(outcome).toMatchObject({ kind })
  return outcome as Extract<Answer, { kind: K }>
}

/** The code of a refusal, or a failed test. */
export function codeOf(outcome: Outcome | undefined): ErrorCode {
  if (outcome?.kind !== "refused") throw new Error(`not refused: ${JSON.stringify(outcome)}`)
  expect(outcome.detail).toMatch(/^\S.*\.$/)
  return outcome.code
}
