/** The naive second opinion must itself be right where it matters: who holds, who waits, and how often. */
import { describe, expect, test } from "vitest"
import type { LockMode } from "../../../src/contract/lock-mode.ts"
import type { Command, MutatingOperation } from "../../../src/state-machine/commands.ts"
import { NaiveState } from "../../simulator/checkers/naive-state.ts"

const path = "/ls/sim/x"
const node = { kind: "path", path } as const

type Call = Extract<Command, { kind: "call" }>

function call(
  sessionId: number,
  requestNumber: number,
  operation: MutatingOperation,
  rest: Partial<Call> = {},
): Command {
  const fixed = { answeredThrough: 0, stillOpen: [], principal: "", underSequencer: undefined } as const
  return { kind: "call", sessionId, requestNumber, ...fixed, operation, ...rest }
}

function acquire(mode: LockMode = "exclusive", lockDelayMs = 0): MutatingOperation {
  return { kind: "acquire", node, mode, lockDelayMs, waitMs: 0 }
}

function tryAcquire(mode: LockMode): MutatingOperation {
  return { kind: "tryAcquire", node, mode, lockDelayMs: 0 }
}

function withSessions(...sessionIds: number[]): NaiveState {
  const state = new NaiveState()
  for (const sessionId of sessionIds) state.sessionCreated(sessionId)
  return state
}

function parties(state: NaiveState): { generation: number; holders: number[]; waiters: number[] } {
  const lock = state.locks.get(path)
  const ids = (list: readonly { readonly sessionId: number }[] = []): number[] => list.map(({ sessionId }) => sessionId)
  return { generation: lock?.generation ?? 0, holders: ids(lock?.holders), waiters: ids(lock?.waiters) }
}

describe("the naive state", () => {
  test("the first in the queue is granted first, and each grant of a free lock raises the generation", () => {
    const state = withSessions(1, 2, 3)
    for (const sessionId of [1, 2, 3]) state.apply(1, call(sessionId, 1, acquire("exclusive")))
    expect(parties(state)).toEqual({ generation: 1, holders: [1], waiters: [2, 3] })
    state.apply(1, call(1, 2, { kind: "release", node }))
    expect(parties(state)).toEqual({ generation: 2, holders: [2], waiters: [3] })
  })

  test("shared holders join one generation, and nobody overtakes a waiting writer", () => {
    const state = withSessions(1, 2, 3, 4)
    state.apply(1, call(1, 1, acquire("shared")))
    state.apply(1, call(2, 1, tryAcquire("shared")))
    state.apply(1, call(3, 1, acquire("exclusive")))
    state.apply(1, call(4, 1, tryAcquire("shared")))
    expect(parties(state)).toEqual({ generation: 1, holders: [1, 2], waiters: [3] })
  })

  test("a session that ends leaves its locks and its place in the queue", () => {
    const state = withSessions(1, 2, 3)
    for (const sessionId of [1, 2, 3]) state.apply(1, call(sessionId, 1, acquire("exclusive")))
    state.apply(1, { kind: "expireSession", sessionId: 2, epoch: 0 })
    state.apply(1, { kind: "expireSession", sessionId: 1, epoch: 1 })
    expect(parties(state)).toEqual({ generation: 1, holders: [1], waiters: [3] })
    state.apply(1, call(1, 2, { kind: "closeSession" }))
    expect(parties(state)).toEqual({ generation: 2, holders: [3], waiters: [] })
  })

  test("a call counts once, and one that was cancelled ahead of its coming not at all", () => {
    const state = withSessions(1)
    const set: MutatingOperation = { kind: "setContents", node, contents: new Uint8Array(1) }
    state.apply(1, call(1, 1, set))
    state.apply(1, call(1, 1, set))
    expect(state.files.get(path)?.generation).toBe(1)
    state.apply(1, call(1, 3, { kind: "cancelAcquire", requestNumber: 2 }))
    state.apply(1, call(1, 2, acquire("exclusive")))
    expect(parties(state).holders).toEqual([])
  })

  test("a lock lost with a lock-delay is granted when that delay is over, by the word of the present master", () => {
    const state = withSessions(1, 2)
    state.nodeSeen(7, path)
    state.apply(1, call(1, 1, acquire("exclusive", 500)))
    state.apply(2, call(2, 1, acquire()))
    state.apply(3, { kind: "expireSession", sessionId: 1, epoch: 0 })
    state.apply(4, { kind: "endLockDelay", instance: 7, since: 2, epoch: 0 })
    state.apply(4, { kind: "endLockDelay", instance: 7, since: 3, epoch: 1 })
    expect(parties(state)).toEqual({ generation: 1, holders: [], waiters: [2] })
    expect(state.apply(5, { kind: "endLockDelay", instance: 7, since: 3, epoch: 0 })).toEqual([path])
    expect(parties(state)).toEqual({ generation: 2, holders: [2], waiters: [] })
  })

  test("a lock given up by its session's close is not delayed", () => {
    const state = withSessions(1, 2)
    state.apply(1, call(1, 1, acquire("exclusive", 500)))
    state.apply(2, call(2, 1, acquire()))
    state.apply(3, call(1, 2, { kind: "closeSession" }))
    expect(parties(state).holders).toEqual([2])
  })

  test("a wait that has lasted long enough ends", () => {
    const state = withSessions(1, 2)
    state.apply(1, call(1, 1, acquire()))
    state.apply(2, call(2, 1, acquire()))
    expect(state.apply(3, { kind: "endWait", sessionId: 2, requestNumber: 1, epoch: 1 })).toEqual([])
    expect(state.apply(3, { kind: "endWait", sessionId: 2, requestNumber: 1, epoch: 0 })).toEqual([path])
    expect(parties(state).waiters).toEqual([])
  })

  test("a call left open goes on waiting and may still come; one left off the list does neither", () => {
    const state = withSessions(1, 2)
    state.apply(1, call(1, 1, acquire()))
    state.apply(2, call(2, 1, acquire()))
    const set: MutatingOperation = { kind: "setContents", node, contents: new Uint8Array(1) }
    state.apply(3, call(2, 4, set, { answeredThrough: 3, stillOpen: [1, 3] }))
    expect(parties(state).waiters).toEqual([2])
    state.apply(4, call(2, 2, set))
    expect(state.files.get(path)?.generation).toBe(1)
    state.apply(5, call(2, 3, set, { answeredThrough: 2, stillOpen: [1, 2] }))
    expect(state.files.get(path)?.generation).toBe(2)
    expect(state.apply(6, call(2, 5, set, { answeredThrough: 4 }))).toEqual([path, path])
    expect(parties(state).waiters).toEqual([])
  })

  test("a call under a sequencer counts as long as that lock is held", () => {
    const state = withSessions(1)
    state.nodeSeen(7, path)
    state.apply(1, call(1, 1, acquire()))
    const claims = { cell: "sim", path, instance: 7, mode: "exclusive", lockGeneration: 1 } as const
    const other: MutatingOperation = {
      kind: "setContents",
      node: { kind: "path", path: "/ls/sim/y" },
      contents: new Uint8Array(1),
    }
    state.apply(2, call(1, 2, other, { underSequencer: claims }))
    state.apply(3, call(1, 3, { kind: "release", node }))
    state.apply(4, call(1, 4, other, { underSequencer: claims }))
    expect(state.files.get("/ls/sim/y")?.generation).toBe(1)
  })
})
