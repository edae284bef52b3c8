import { describe, expect, test } from "vitest"
import { limits } from "../../../src/contract/limits.ts"
import type { Outcome } from "../../../src/contract/requests.ts"
import { applyCommand } from "../../../src/state-machine/apply.ts"
import type { Command, MutatingOperation } from "../../../src/state-machine/commands.ts"
import type { Session } from "../../../src/state-machine/session.ts"
import { State } from "../../../src/state-machine/state.ts"
import { CellUnderTest, answered, at, codeOf, createSessionOf } from "./cell-under-test.ts"
import { acquireOf, cellName, founding, openOf, outsideOf, tryAcquireOf } from "./cell-under-test.ts"

const stat = { kind: "getStat", node: at("") } as const

function detailOf(outcome: Outcome | undefined): string {
  expect(outcome).toMatchObject({ kind: "refused", code: "SESSION_EXPIRED" })
  return outcome?.kind === "refused" ? outcome.detail : ""
}

describe("a session that has ended", () => {
  test("is remembered with the reason, which late calls, reads and waits are told", () => {
    const cell = new CellUnderTest()
    const [alice, bob] = [cell.session("alice"), cell.session("bob")]
    alice.call(acquireOf(at("job")))
    bob.call(acquireOf(at("job")))
    const { settled } = cell.expire(bob)
    const index = cell.machine.appliedThrough
    const reason = "its lease ran out"
    const sentence = `Session 2 has ended: ${reason}.`
    expect(detailOf(settled[0]?.outcome)).toBe(sentence)
    expect(cell.machine.endedSessions()).toContainEqual({ sessionId: 2, clientName: "bob", reason, index })
    expect(detailOf(bob.call(openOf("a")))).toBe(sentence)
    expect(detailOf(bob.read(stat))).toBe(sentence)
    alice.call({ kind: "closeSession" })
    expect(detailOf(alice.read(stat))).toBe("Session 1 has ended: it was closed by its client.")
    cell.checkStore()
    cell.restart()
    expect(detailOf(bob.read(stat))).toBe(sentence)
    expect(cell.machine.endedSessions().map(({ sessionId }) => sessionId)).toEqual([2, 1])
  })

  test("is told from one that never was, or has long been forgotten", () => {
    const cell = new CellUnderTest()
    expect(detailOf(cell.apply({ ...outsideOf(openOf("a")), sessionId: 99, requestNumber: 1 }).outcomes[0])).toBe(
      "The cell knows no session 99: it ended long ago, or never was.",
    )
  })

  test("is forgotten when enough others have ended later, by all replicas alike", () => {
    const cell = new CellUnderTest()
    const { epoch } = cell.machine
    const count = limits.endedSessionsKept + 3
    const ids = Array.from({ length: count }, (_, place) => place + 1)
    cell.apply(...ids.map((id) => outsideOf(createSessionOf({ nonce: `n-${id}` }))))
    const expiry = (sessionId: number) => ({ kind: "expireSession", sessionId, epoch }) as const
    // Of those that end in one slot, none is older than the others: the lowest ids go first.
    const [first, second, ...rest] = ids
    cell.apply(...rest.reverse().map(expiry))
    expect(cell.machine.endedSessions().at(0)?.sessionId).toBe(4)
    cell.checkStore()
    cell.restart()
    cell.apply(expiry(first ?? 0))
    expect(cell.machine.endedSessions()).toHaveLength(limits.endedSessionsKept)
    expect(cell.machine.endedSessions().at(0)?.sessionId).toBe(5)
    cell.apply(expiry(second ?? 0))
    expect(cell.machine.endedSessions().at(0)?.sessionId).toBe(6)
    expect(cell.machine.endedSessions().slice(-2)).toMatchObject([{ sessionId: 1 }, { sessionId: 2 }])
    cell.checkStore()
  })
})

describe("a session", () => {
  const facts = { host: "h-1", processId: 4711, caching: true }

  test("keeps all that it was created with, across a restart", () => {
    const cell = new CellUnderTest()
    const created = answered(cell.outside(createSessionOf(facts), "alice@example.com"), "createSession")
    const view = { ...facts, clientName: "alice", principal: "alice@example.com", engagementCount: 0 }
    expect(cell.machine.session(created.sessionId)).toMatchObject(view)
    cell.restart()
    expect(cell.machine.session(created.sessionId)).toMatchObject(view)
    cell.checkStore()
  })

  test("is found again by the same call of the same principal only", () => {
    const cell = new CellUnderTest()
    const create = createSessionOf(facts)
    const created = cell.outside(create, "alice")
    expect(cell.outside(create, "alice")).toEqual(created)
    expect(codeOf(cell.outside(create, "mallory"))).toBe("INVALID_ARGUMENT")
    for (const other of [{ host: "h-2" }, { processId: 1 }, { caching: false }]) {
      expect(codeOf(cell.outside({ ...create, ...other }, "alice"))).toBe("INVALID_ARGUMENT")
    }
    expect(cell.machine.sessionCount).toBe(1)
  })

  test("is of no use to another principal", () => {
    const cell = new CellUnderTest()
    const alice = cell.session("alice", "alice")
    const theft = { sessionId: alice.sessionId, requestNumber: 0, principal: "mallory", underSequencer: undefined }
    expect(codeOf(cell.machine.read(stat, theft))).toBe("PERMISSION_DENIED")
    const call = alice.again(openOf("a"), 1, 0, { principal: "mallory" })
    expect(codeOf(cell.apply(call).outcomes[0])).toBe("PERMISSION_DENIED")
    answered(alice.read(stat), "getStat")
    answered(cell.apply(alice.again(openOf("a"), 1, 0, { principal: "alice" })).outcomes[0], "open")
  })

  test("counts its locks, its waits, and the ephemeral nodes it keeps", () => {
    const cell = new CellUnderTest()
    const alice = cell.session("alice")
    const count = (): number | undefined => cell.machine.session(alice.sessionId)?.engagementCount
    alice.call(acquireOf(at("job")))
    alice.call(acquireOf(at("job")))
    alice.open("e", { ephemeral: true })
    expect(count()).toBe(3)
    alice.call({ kind: "cancelAcquire", requestNumber: 2 })
    alice.call({ kind: "release", node: at("job") })
    expect(count()).toBe(1)
    alice.call({ kind: "delete", node: at("e") })
    expect(count()).toBe(0)
    cell.checkStore()
  })
})

describe("sessions of one principal", () => {
  test("are limited in number, but those of nobody in particular are not; an ended one makes room", () => {
    const cell = new CellUnderTest()
    const create = (place: number, principal: string) => outsideOf(createSessionOf({ nonce: `${place}` }), principal)
    const places = Array.from({ length: limits.sessionsPerPrincipalMax }, (_, place) => place)
    cell.apply(...places.map((place) => create(place, "alice")))
    expect(codeOf(cell.apply(create(-1, "alice")).outcomes[0])).toBe("QUOTA_EXCEEDED")
    answered(cell.apply(create(-2, "bob")).outcomes[0], "createSession")
    cell.restart()
    expect(codeOf(cell.apply(create(-1, "alice")).outcomes[0])).toBe("QUOTA_EXCEEDED")
    cell.apply({ kind: "expireSession", sessionId: 1, epoch: 0 })
    answered(cell.apply(create(-1, "alice")).outcomes[0], "createSession")
  })
})

describe("engagements of one session", () => {
  test("are limited in number; a refused one leaves nothing behind", () => {
    const state = new State(cellName)
    const apply = (command: Command): Outcome | undefined => applyCommand(state, command, 0)
    const call = (requestNumber: number, operation: MutatingOperation): Outcome | undefined =>
      apply({ ...outsideOf(operation, ""), sessionId: 1, requestNumber })
    apply(founding)
    apply(outsideOf(createSessionOf()))
    const session = state.sessions.get(1) as Session
    call(1, acquireOf(at("job")))
    session.engagementCount = limits.engagementsPerSessionMax
    const nodeCount = state.namespace.size
    expect(codeOf(call(2, acquireOf(at("new"))))).toBe("QUOTA_EXCEEDED")
    expect(codeOf(call(3, tryAcquireOf(at("job"))))).toBe("QUOTA_EXCEEDED")
    expect(codeOf(call(4, openOf("e", { ephemeral: true })))).toBe("QUOTA_EXCEEDED")
    expect(state.namespace.size).toBe(nodeCount)
    answered(call(5, { kind: "release", node: at("job") }), "release")
    answered(call(6, acquireOf(at("new"))), "acquire")
  })
})

describe("the lease floor", () => {
  test("is what the present master says, and survives a restart", () => {
    const cell = new CellUnderTest()
    expect(cell.machine.leaseFloorMs).toBe(0)
    cell.apply({ kind: "setLeaseFloor", sessionLeaseMs: 30_000, epoch: 0 })
    cell.apply({ kind: "beginReign", replicaId: 2, round: 9 })
    cell.apply({ kind: "setLeaseFloor", sessionLeaseMs: 20_000, epoch: 0 })
    cell.restart()
    expect(cell.machine.leaseFloorMs).toBe(30_000)
    cell.apply({ kind: "setLeaseFloor", sessionLeaseMs: 0, epoch: 1 })
    expect(cell.machine.leaseFloorMs).toBe(0)
    cell.checkStore()
  })
})
