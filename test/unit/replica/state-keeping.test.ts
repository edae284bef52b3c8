/** When the state is stored, and that it can lag behind the log without anything being lost or told wrongly. */
import { describe, expect, test } from "vitest"
import { utf8 } from "../../../src/base/bytes.ts"
import type { Outcome } from "../../../src/contract/requests.ts"
import type { PaxosRecord } from "../../../src/paxos/effects.ts"
import { StateKeeping } from "../../../src/replica/state-keeping.ts"
import { ReplicaCell } from "../../support/replica-cell.ts"

const accepted: PaxosRecord = { kind: "accepted", slot: 7, ballot: { round: 1, replicaId: 1 }, value: utf8("v") }
const learned: PaxosRecord = { ...accepted, ballot: { round: 0, replicaId: 0 } }

function keepingOf(...slotBytes: readonly number[]): StateKeeping {
  const keeping = new StateKeeping(4)
  for (const bytes of slotBytes) keeping.note(bytes)
  return keeping
}

describe("the state is stored", () => {
  test("after so many slots, so many bytes or so many entries, and not before", () => {
    expect(keepingOf(1, 1, 1).isDue([accepted], 1023)).toBe(false)
    expect(keepingOf(1, 1, 1, 1).isDue([accepted], 1)).toBe(true)
    expect(keepingOf(1, 1024 * 1024).isDue([accepted], 1)).toBe(true)
    expect(keepingOf(1).isDue([accepted], 1024)).toBe(true)
  })

  test("at once with whatever of Paxos relies on it", () => {
    expect(keepingOf(1).isDue([accepted, learned], 1)).toBe(true)
    expect(keepingOf(1).isDue([{ kind: "trimmed", from: 1, through: 2 }], 1)).toBe(true)
    expect(keepingOf(1).isDue([{ kind: "admitted", incarnation: 1 }], 1)).toBe(true)
  })

  test("not again before another slot was applied", () => {
    const keeping = keepingOf(1, 1, 1, 1)
    keeping.stored()
    expect(keeping.isDue([learned], 1000)).toBe(false)
  })
})

describe("replicas that have stored nothing for a while", () => {
  const sessionId = 1

  function set(cell: ReplicaCell, requestNumber: number): Outcome | undefined {
    const node = { kind: "path", path: `/ls/local/file-${String(requestNumber % 3)}` } as const
    const contents = utf8(String(requestNumber))
    return cell.call(cell.master, { kind: "setContents", node, contents }, { sessionId, requestNumber })
  }

  test("have the same state again after all of them have crashed, and answer a call that comes again as before", () => {
    const cell = new ReplicaCell(3, { unstoredSlotsMax: 1_000, retainedSlots: 1_000 }).found()
    expect(cell.session()).toBe(sessionId)
    const outcomes = Array.from({ length: 20 }, (_, count) => set(cell, count + 1))
    cell.run(200)
    const { appliedThrough } = cell.replica(2).status()
    for (const id of cell.replicas) cell.crash(id)
    const revival = cell.revival(2)
    if (revival.kind !== "sound") throw new Error(`it is ${revival.kind}`)
    expect(revival.revived.machine.appliedThrough).toBeLessThan(appliedThrough)
    expect(revival.revived.memory.accepted.at(-1)?.slot).toBe(appliedThrough)
    for (const id of cell.replicas) cell.start(id)
    cell.run(3_000)
    expect(set(cell, 20)).toEqual(outcomes[19])
    cell.run(200)
    expect(new Set(cell.replicas.map((id) => cell.replica(id).status().digest)).size).toBe(1)
  })
})
