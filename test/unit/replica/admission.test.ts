/** For what a master turns calls away that it could carry out, so that nothing happens out of order or to strangers. */
import { beforeEach, describe, expect, test } from "vitest"
import type { Operation } from "../../../src/contract/requests.ts"
import { gist, ReplicaCell } from "../../support/replica-cell.ts"
import { ScriptedSession, stat, write } from "./scripted-session.ts"

let cell: ReplicaCell
let session: ScriptedSession

beforeEach(() => {
  cell = new ReplicaCell(3).found()
  session = new ScriptedSession(cell)
})

/** Submits a call under a number of its own choice. */
function numbered(requestNumber: number, operation: Operation): number {
  const ticket = cell.submit(1, operation, { sessionId: session.sessionId, requestNumber })
  cell.settle()
  return ticket
}

describe("a call that a master without its lease has put off", () => {
  beforeEach(() => {
    cell.now += 1_000
    expect(gist(cell.outcome(numbered(1, write("file", "first"))))).toBe("NO_QUORUM")
    cell.tick(1)
    cell.settle()
  })

  test("is not overtaken by those that were sent behind it", () => {
    expect(gist(cell.outcome(numbered(2, write("file", "second"))))).toBe("FAIL_OVER_IN_PROGRESS")
    const tickets = [numbered(1, write("file", "first")), numbered(2, write("file", "second"))]
    expect(tickets.map((ticket) => cell.answer(ticket, "setContents").stat.contentGeneration)).toEqual([1, 2])
  })

  test("holds up nothing but the calls of its session that have a number", () => {
    expect(gist(session.read(stat("missing")).outcome)).toBe("NODE_NOT_FOUND")
    expect(gist(new ScriptedSession(cell).call(write("file", "another's")))).toBe("setContents")
  })
})

describe("a session", () => {
  test("is of use to nobody but its principal", () => {
    const { sessionId } = session
    expect(gist(cell.call(1, stat(""), { sessionId, principal: "eve" }))).toBe("PERMISSION_DENIED")
  })

  test("that is gone is refused to everybody, with the reason", () => {
    const { sessionId } = session
    session.call({ kind: "closeSession" })
    const detail = `Session ${String(sessionId)} has ended: it was closed by its client.`
    for (const principal of ["anonymous", "eve"]) {
      expect(cell.call(1, stat(""), { sessionId, principal })).toMatchObject({ code: "SESSION_EXPIRED", detail })
    }
  })
})
