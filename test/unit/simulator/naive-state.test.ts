/** The naive second opinion must itself be right where it matters: who holds, who waits, and how often. */
import { describe, expect, test } from "vitest"
import type { Command, MutatingOperation } from "../../../src/state-machine/commands.ts"
import { NaiveState } from "../../simulator/checkers/naive-state.ts"

const path = "/ls/sim/x"
const node = { kind: "path", path } as const

function call(sessionId: number, requestNumber: number, operation: MutatingOperation): Command {
  return { kind: "call", sessionId, requestNumber, answeredThrough: 0, operation }
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
    for (const sessionId of [1, 2, 3]) state.apply(call(sessionId, 1, { kind: "acquire", node, mode: "exclusive" }))
    expect(parties(state)).toEqual({ generation: 1, holders: [1], waiters: [2, 3] })
    state.apply(call(1, 2, { kind: "release", node }))
    expect(parties(state)).toEqual({ generation: 2, holders: [2], waiters: [3] })
  })

  test("shared holders join one generation, and nobody overtakes a waiting writer", () => {
    const state = withSessions(1, 2, 3, 4)
    state.apply(call(1, 1, { kind: "acquire", node, mode: "shared" }))
    state.apply(call(2, 1, { kind: "tryAcquire", node, mode: "shared" }))
    state.apply(call(3, 1, { kind: "acquire", node, mode: "exclusive" }))
    state.apply(call(4, 1, { kind: "tryAcquire", node, mode: "shared" }))
    expect(parties(state)).toEqual({ generation: 1, holders: [1, 2], waiters: [3] })
  })

  test("a session that ends leaves its locks and its place in the queue", () => {
    const state = withSessions(1, 2, 3)
    for (const sessionId of [1, 2, 3]) state.apply(call(sessionId, 1, { kind: "acquire", node, mode: "exclusive" }))
    state.apply({ kind: "expireSession", sessionId: 2, epoch: 0 })
    state.apply({ kind: "expireSession", sessionId: 1, epoch: 1 })
    expect(parties(state)).toEqual({ generation: 1, holders: [1], waiters: [3] })
    state.apply(call(1, 2, { kind: "closeSession" }))
    expect(parties(state)).toEqual({ generation: 2, holders: [3], waiters: [] })
  })

  test("a call counts once, and one that was cancelled ahead of its coming not at all", () => {
    const state = withSessions(1)
    const set: MutatingOperation = { kind: "setContents", node, contents: new Uint8Array(1) }
    state.apply(call(1, 1, set))
    state.apply(call(1, 1, set))
    expect(state.files.get(path)?.generation).toBe(1)
    state.apply(call(1, 3, { kind: "cancelAcquire", requestNumber: 2 }))
    state.apply(call(1, 2, { kind: "acquire", node, mode: "exclusive" }))
    expect(parties(state).holders).toEqual([])
  })
})
