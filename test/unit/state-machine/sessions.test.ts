import { describe, expect, test } from "vitest"
import { limits } from "../../../src/contract/limits.ts"
import type { MutatingOperation } from "../../../src/state-machine/commands.ts"
import { StateMachine } from "../../../src/state-machine/state-machine.ts"
import { encodeBatch } from "../../../src/state-machine/command-codec.ts"
import { CellUnderTest, SessionUnderTest, answered, at, bytesOf, codeOf } from "./cell-under-test.ts"
import { acquireOf, createSessionOf, foundedNodeCount, openOf, outsideOf } from "./cell-under-test.ts"

const create = createSessionOf()

function set(path: string, contents: string): MutatingOperation {
  return { kind: "setContents", node: at(path), contents: bytesOf(contents) }
}

describe("CreateSession", () => {
  test("sent again finds the session it has made", () => {
    const cell = new CellUnderTest()
    const first = answered(cell.outside(create), "createSession")
    expect(cell.outside(create)).toEqual(first)
    cell.restart()
    expect(cell.outside(create)).toEqual(first)
    expect(cell.machine.sessionCount).toBe(1)
    expect(cell.machine.session(first.sessionId)).toMatchObject({ clientName: "alice", sessionLeaseMs: 12_000 })
  })

  test("does not hand one client's session to another that drew the same nonce", () => {
    const cell = new CellUnderTest()
    cell.outside(create)
    expect(codeOf(cell.outside({ ...create, clientName: "bob" }))).toBe("INVALID_ARGUMENT")
    expect(codeOf(cell.outside({ ...create, sessionLeaseMs: 13_000 }))).toBe("INVALID_ARGUMENT")
  })

  test("never gives an id twice, even when the session is gone", () => {
    const cell = new CellUnderTest()
    const session = cell.session()
    session.call({ kind: "closeSession" })
    cell.restart()
    expect(cell.session().sessionId).toBeGreaterThan(session.sessionId)
  })

  test("with the nonce of a session that has ended makes a new one", () => {
    const cell = new CellUnderTest()
    const first = answered(cell.outside(create), "createSession")
    cell.apply({ kind: "expireSession", sessionId: first.sessionId, epoch: 0 })
    const second = answered(cell.outside(create), "createSession")
    expect(second.sessionId).toBeGreaterThan(first.sessionId)
    expect(cell.machine.session(second.sessionId)).toBeDefined()
  })

  test("within a session, or with a lease out of bounds, is refused", () => {
    const session = new CellUnderTest().session()
    expect(codeOf(session.call(create))).toBe("INVALID_ARGUMENT")
    expect(codeOf(session.cell.outside({ ...create, sessionLeaseMs: 1 }))).toBe("INVALID_ARGUMENT")
  })
})

describe("a session's end", () => {
  test("is final: its calls are refused from then on", () => {
    const session = new CellUnderTest().session()
    const { endedSessions, outcomes } = session.cell.apply(session.next({ kind: "closeSession" }))
    expect(outcomes).toEqual([{ kind: "closeSession" }])
    expect(endedSessions).toEqual([
      { sessionId: 1, clientName: "alice", reason: "it was closed by its client", index: 3 },
    ])
    expect(codeOf(session.call(set("a", "x")))).toBe("SESSION_EXPIRED")
    expect(codeOf(session.read({ kind: "getStat", node: at("") }))).toBe("SESSION_EXPIRED")
    expect([...session.cell.machine.sessions()]).toEqual([])
    session.cell.checkStore()
  })

  test("leaves none of its results behind", () => {
    const session = new CellUnderTest().session()
    session.call(set("a", "x"))
    session.cell.expire(session)
    const kinds = [...session.cell.machine.entries()].map(({ key }) => key.split("/")[0])
    expect(kinds).toEqual(["ended", "meta", "node", "node", "node", "node"])
    session.cell.checkStore()
  })

  test("is not brought about by a master that has been deposed", () => {
    const cell = new CellUnderTest()
    const session = cell.session()
    const late = { kind: "expireSession", sessionId: session.sessionId, epoch: cell.machine.epoch } as const
    const { begunEpoch } = cell.apply({ kind: "beginReign", replicaId: 2, round: 9 })
    expect(begunEpoch).toBe(1)
    expect(cell.apply(late).endedSessions).toEqual([])
    expect(cell.machine.sessionCount).toBe(1)
    expect(cell.expire(session).endedSessions).toHaveLength(1)
    expect(cell.expire(session).endedSessions).toEqual([])
  })
})

describe("a call within a session", () => {
  test("that comes twice is carried out once, and answered alike", () => {
    const session = new CellUnderTest().session()
    const command = session.next(set("a", "x"))
    const first = session.cell.apply(command).outcomes[0]
    session.cell.restart()
    expect(session.cell.apply(command, command).outcomes).toEqual([first, first])
    expect(answered(first, "setContents").stat.contentGeneration).toBe(1)
    expect(answered(session.call(set("a", "y")), "setContents").stat.contentGeneration).toBe(2)
  })

  test("that was refused stays refused when it comes again", () => {
    const session = new CellUnderTest().session()
    const early = session.next({ kind: "delete", node: at("a") })
    expect(codeOf(session.cell.apply(early).outcomes[0])).toBe("NODE_NOT_FOUND")
    session.call(set("a", "x"))
    expect(codeOf(session.cell.apply(early).outcomes[0])).toBe("NODE_NOT_FOUND")
    expect(session.cell.contentsOf("a")).toBe("x")
  })

  test("under the number of another call is refused, and nothing is done", () => {
    const session = new CellUnderTest().session()
    session.call(set("a", "x"))
    expect(codeOf(session.cell.apply(session.again(set("a", "y"), 1)).outcomes[0])).toBe("INVALID_ARGUMENT")
    expect(codeOf(session.cell.apply(session.again({ kind: "delete", node: at("a") }, 1)).outcomes[0])).toBe(
      "INVALID_ARGUMENT",
    )
    expect(session.cell.contentsOf("a")).toBe("x")
  })

  test("may come out of order", () => {
    const session = new CellUnderTest().session()
    const [one, two, three] = ["1", "2", "3"].map((text) => session.next(set(text, text)))
    session.cell.apply(three as never, one as never)
    session.cell.checkStore()
    session.cell.apply(two as never)
    expect(["1", "2", "3"].map((path) => session.cell.contentsOf(path))).toEqual(["1", "2", "3"])
  })

  test("whose answer was acknowledged is forgotten, and refused rather than done again", () => {
    const session = new CellUnderTest().session()
    const first = session.next(set("a", "1"))
    session.cell.apply(first)
    session.call(set("a", "2"), 1)
    expect(session.cell.machine.recall(1, 1)).toBeUndefined()
    expect(session.cell.machine.recall(1, 2)).toMatchObject({ kind: "setContents" })
    session.cell.checkStore()
    session.cell.restart()
    expect(codeOf(session.cell.apply(first).outcomes[0])).toBe("REQUEST_FORGOTTEN")
    expect(session.cell.contentsOf("a")).toBe("2")
  })

  test("never lowers what has been acknowledged", () => {
    const session = new CellUnderTest().session()
    session.call(set("a", "1"))
    session.call(set("a", "2"), 1)
    session.call(set("a", "3"), 0)
    expect(codeOf(session.cell.apply(session.again(set("a", "1"), 1)).outcomes[0])).toBe("REQUEST_FORGOTTEN")
  })

  test("has a number, above what it acknowledges", () => {
    const session = new CellUnderTest().session()
    expect(codeOf(session.cell.apply(session.again(set("a", "x"), 0)).outcomes[0])).toBe("INVALID_ARGUMENT")
    expect(codeOf(session.cell.apply(session.again(set("a", "x"), 5, 5)).outcomes[0])).toBe("INVALID_ARGUMENT")
    expect(session.cell.machine.nodeCount).toBe(foundedNodeCount)
    answered(session.cell.apply(session.again(set("a", "x"), 1)).outcomes[0], "setContents")
  })

  test("that acknowledges an Acquire in its queue takes that one back", () => {
    const cell = new CellUnderTest()
    const alice = cell.session("alice")
    const bob = cell.session("bob")
    alice.call(acquireOf(at("job")))
    bob.call(acquireOf(at("job"), "exclusive"))
    bob.call(acquireOf(at("job"), "shared"))
    const { settled } = cell.apply(bob.next(set("a", "x"), 2))
    expect(settled).toMatchObject([
      { sessionId: 2, requestNumber: 1, outcome: { code: "CANCELLED" } },
      { sessionId: 2, requestNumber: 2, outcome: { code: "CANCELLED" } },
    ])
    expect(cell.lockOf("job")).toEqual({ generation: 1, holders: [1], waiters: [] })
    cell.checkStore()
  })

  test("may acknowledge as far ahead as numbers go, at no cost", () => {
    const session = new CellUnderTest().session()
    session.call(set("a", "x"))
    const last = Number.MAX_SAFE_INTEGER
    answered(session.cell.apply(session.again(set("a", "y"), last, last - 1)).outcomes[0], "setContents")
    expect(session.cell.machine.recall(1, 1)).toBeUndefined()
    session.cell.checkStore()
  })

  test("is refused when too many are unacknowledged, and not remembered", () => {
    const session = new CellUnderTest().session()
    const calls = Array.from({ length: limits.outstandingRequestsMax }, () =>
      session.next({ kind: "close", handle: "" }),
    )
    session.cell.apply(...calls)
    expect(codeOf(session.call(set("a", "x")))).toBe("QUOTA_EXCEEDED")
    const refused = session.requestNumber
    answered(session.cell.apply(session.again(set("a", "x"), refused, 1)).outcomes[0], "setContents")
    session.cell.checkStore()
  })
})

describe("a cell that has not been founded", () => {
  test("serves no call, and has no secrets", () => {
    const machine = new StateMachine("test")
    expect(machine.founded).toBe(false)
    const { outcomes } = machine.apply(1, encodeBatch([outsideOf(create)]))
    expect(codeOf(outcomes[0])).toBe("FAIL_OVER_IN_PROGRESS")
    const caller = { sessionId: 0, requestNumber: 0, principal: "anonymous", underSequencer: undefined }
    const root = { ...openOf("", { create: "mustExist" }), path: "/ls/local" }
    expect(codeOf(machine.read(root, caller))).toBe("FAIL_OVER_IN_PROGRESS")
    expect(machine.handleKeys).toEqual([])
  })

  test("takes its secrets once, and whole", () => {
    const machine = new StateMachine("test")
    const found = (key: number, keyLength = 16): void => {
      const signingSeeds = [new Uint8Array(32).fill(key), new Uint8Array(32).fill(key + 10)]
      const secrets = { handleKey: new Uint8Array(keyLength).fill(key), signingSeeds }
      const batch = encodeBatch([{ kind: "foundCell", ...secrets, administrators: [] }])
      machine.apply(machine.appliedThrough + 1, batch)
      // Whoever reuses the bytes of the batch does not change the secrets.
      batch.fill(0)
    }
    found(1, 15)
    expect(machine.founded).toBe(false)
    found(2)
    found(3)
    expect(machine.handleKeys).toEqual([{ keyId: 1, key: new Uint8Array(16).fill(2) }])
    expect(machine.signingKeys).toEqual([
      { seed: new Uint8Array(32).fill(2), state: "current", since: 2 },
      { seed: new Uint8Array(32).fill(12), state: "next", since: 2 },
    ])
    const restored = StateMachine.restore("test", machine.entries())
    expect(restored.signingKeys).toEqual(machine.signingKeys)
    expect(restored.handleKeys).toEqual(machine.handleKeys)
  })
})

test("a reign raises the epoch by one", () => {
  const cell = new CellUnderTest()
  expect(cell.machine.epoch).toBe(0)
  const reign = { kind: "beginReign", replicaId: 1, round: 1 } as const
  expect(cell.apply(reign).begunEpoch).toBe(1)
  expect(cell.apply(reign, reign).begunEpoch).toBe(3)
  expect(cell.apply().begunEpoch).toBeUndefined()
  expect(cell.machine.epoch).toBe(3)
})

test("an attested digest is handed on", () => {
  const cell = new CellUnderTest()
  expect(cell.apply({ kind: "attestDigest", slot: 4, digest: 77 }).attested).toEqual([{ slot: 4, digest: 77 }])
})

test("outside a session nothing is remembered", () => {
  const cell = new CellUnderTest()
  cell.outside(set("a", "1"))
  expect(answered(cell.outside(set("a", "1")), "setContents").stat.contentGeneration).toBe(2)
  expect(codeOf(new SessionUnderTest(cell, 99).call(set("a", "2")))).toBe("SESSION_EXPIRED")
})
