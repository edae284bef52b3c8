/** Sessions as people see them. */
import { beforeEach, describe, expect, test } from "vitest"
import type { Operation } from "../../../src/contract/requests.ts"
import { gist, ReplicaCell } from "../../support/replica-cell.ts"
import { at, ScriptedSession, stat, write } from "./scripted-session.ts"

let cell: ReplicaCell
let sessions: readonly ScriptedSession[]

beforeEach(() => {
  cell = new ReplicaCell(3).found()
  sessions = [1, 2, 3].map((number) => new ScriptedSession(cell, { clientName: `client-${String(number)}` }))
})

function page(afterSessionId: number, pageSize: number, principal = "anonymous"): ReturnType<typeof answered> {
  return answered({ kind: "listSessions", afterSessionId, pageSize }, principal)
}

function answered(operation: Operation, principal: string): ReturnType<typeof cell.answer<"listSessions">> {
  return cell.answer(cell.submit(1, operation, { principal }), "listSessions")
}

describe("the list of sessions", () => {
  test("comes page by page, and tells in the end who has gone, and why", () => {
    const [first, second, third] = sessions.map(({ sessionId }) => sessionId)
    sessions[1]?.call({ kind: "closeSession" })
    expect(page(0, 1)).toMatchObject({ sessions: [{ sessionId: first }], more: true, ended: [] })
    const rest = page(first ?? 0, 1)
    expect(rest).toMatchObject({ sessions: [{ sessionId: third }], more: false })
    expect(rest.ended).toMatchObject([{ sessionId: second, clientName: "client-2" }])
  })

  test("shows what a session has and costs, and since when a write waits for it", () => {
    const [reader, writer] = sessions as [ScriptedSession, ScriptedSession]
    writer.call(write("file", "old"))
    reader.mayCache(stat("file"))
    reader.mayCache(stat("missing"))
    const subscription = { subscriptionId: 1, path: "/ls/local", scope: "children", kinds: [] } as const
    cell.submit(1, { kind: "subscribe", subscription, after: 0 }, { sessionId: reader.sessionId })
    writer.submit(write("file", "new"))
    cell.run(500)
    expect(page(0, 1).sessions).toEqual([
      expect.objectContaining({
        ...{ clientName: "client-1", host: "wonderland", processId: 7, principal: "anonymous", caching: true },
        ...{ sessionLeaseMs: 10_000, engagementCount: 0, cachedKeyCount: 1, subscriptionCount: 1, noticeCount: 1 },
        ...{ remainingMs: 9_600, delaysWritesForMs: 500 },
      }),
    ])
  })

  test("is for those who may read the root", () => {
    const acl = { read: "administrators" }
    expect(gist(cell.call(1, { kind: "setAcl", node: at(""), acl }, { principal: "root" }))).toBe("setAcl")
    const list: Operation = { kind: "listSessions", afterSessionId: 0, pageSize: 10 }
    expect(gist(cell.call(1, list))).toBe("PERMISSION_DENIED")
    expect(page(0, 10, "root").sessions).toHaveLength(3)
  })
})
