/** Events as sessions hear them, on the answers to their KeepAlives. */
import { beforeEach, describe, expect, test } from "vitest"
import type { NodeChange, Subscription } from "../../../src/contract/changes.ts"
import type { Operation, Outcome } from "../../../src/contract/requests.ts"
import { gist, keepAlive, ReplicaCell } from "../../support/replica-cell.ts"
import { at, ScriptedSession, write } from "./scripted-session.ts"

let cell: ReplicaCell
let listener: ScriptedSession
let writer: ScriptedSession

beforeEach(() => {
  cell = new ReplicaCell(3).found()
  listener = new ScriptedSession(cell)
  writer = new ScriptedSession(cell)
})

function subscribe(subscription: Partial<Subscription> = {}, after = 0): Outcome | undefined {
  const whole: Subscription = { subscriptionId: 1, path: "/ls/local", scope: "subtree", kinds: [], ...subscription }
  return cell.call(1, { kind: "subscribe", subscription: whole, after }, { sessionId: listener.sessionId })
}

function heard(): readonly NodeChange[] {
  listener.keepAlive()
  return listener.told.flatMap((notice) => (notice.kind === "event" ? [notice.change] : []))
}

function acquire(name: string, mode: "exclusive" | "shared" = "exclusive"): Operation {
  return { kind: "acquire", node: at(name), mode, lockDelayMs: 0, waitMs: 0 }
}

describe("a subscription", () => {
  test("hears of what happens after it was answered, once it has happened, in order", () => {
    writer.call(write("file", "before"))
    expect(gist(subscribe())).toBe("subscribe")
    writer.call(write("file", "1"))
    writer.call(write("other", "2"))
    writer.call({ kind: "delete", node: at("file") })
    expect(heard().map(({ kind, path }) => `${kind} ${path}`)).toEqual([
      "contentsChanged /ls/local/file",
      "nodeCreated /ls/local/other",
      "nodeDeleted /ls/local/file",
    ])
  })

  test("has a parked KeepAlive answered at once, and not before the change was applied", () => {
    subscribe()
    const parked = listener.keepAlive()
    writer.submit(write("file", "1"))
    expect(cell.outcome(parked)).toBeUndefined()
    cell.settle()
    const { notices } = cell.answer(parked, "keepAlive")
    expect(notices).toMatchObject([{ kind: "event", index: cell.replica(1).status().appliedThrough }])
  })

  test("that asks for what was before hears it from the ring of changes, once", () => {
    writer.call(write("file", "1"))
    const after = cell.replica(1).status().appliedThrough
    writer.call(write("file", "2"))
    writer.call(write("file", "3"))
    subscribe({ path: "/ls/local/file", scope: "node" }, after)
    subscribe({ path: "/ls/local/file", scope: "node" }, after)
    expect(heard()).toMatchObject([{ contentGeneration: 2 }, { contentGeneration: 3 }])
  })

  test("that asks for what nobody knows any more is told so", () => {
    writer.call(write("file", "1"))
    cell.run(1_000)
    for (const id of [2, 3]) {
      cell.crash(id)
      cell.start(id)
    }
    cell.run(3_000)
    cell.crash(1)
    cell.run(3_000)
    const subscription: Subscription = { subscriptionId: 1, path: "/ls/local", scope: "subtree", kinds: [] }
    cell.call(cell.master, { kind: "subscribe", subscription, after: 1 }, { sessionId: listener.sessionId })
    listener.keepAlive()
    expect(listener.told).toMatchObject([{ kind: "resync" }])
  })

  test("hears nothing of what was secret when it happened, though nothing is left of that", () => {
    const secret = { nodeKind: "directory", ephemeral: false, sequential: false, contents: new Uint8Array() } as const
    const opening = { kind: "open", path: "/ls/local/secret", mode: "write", create: "mustCreate", ...secret } as const
    const after = cell.replica(1).status().appliedThrough
    const asRoot = (operation: Operation): unknown => cell.call(1, operation, { principal: "root" })
    asRoot({ ...opening, acl: { read: "administrators" } })
    for (const contents of ["1", "2"]) asRoot(write("secret/file", contents))
    asRoot({ kind: "delete", node: at("secret/file") })
    asRoot({ kind: "delete", node: at("secret") })
    asRoot(write("public", "1"))
    subscribe({}, after)
    expect(heard().map(({ path }) => path)).toEqual(["/ls/local/public"])
  })

  test("may name the cell by its other name, and hears of nothing after it was taken back", () => {
    const elsewhere = new ReplicaCell(3, { cellName: "cell" }).found()
    const sessionId = elsewhere.session()
    const subscription: Subscription = { subscriptionId: 3, path: "/ls/local/file", scope: "node", kinds: [] }
    elsewhere.call(1, { kind: "subscribe", subscription, after: 0 }, { sessionId })
    elsewhere.call(1, write("file", "1"))
    const ticket = elsewhere.submit(1, keepAlive(), { sessionId })
    expect(elsewhere.answer(ticket, "keepAlive").notices).toMatchObject([{ change: { path: "/ls/cell/file" } }])
    elsewhere.call(1, { kind: "unsubscribe", subscriptionId: 3 }, { sessionId })
    elsewhere.call(1, write("file", "2"))
    expect(elsewhere.outcome(elsewhere.submit(1, keepAlive(1, 1), { sessionId }))).toBeUndefined()
  })

  test("needs a session that lives, and its principal", () => {
    const operation: Operation = { kind: "unsubscribe", subscriptionId: 1 }
    expect(gist(cell.call(1, operation, { sessionId: 999 }))).toBe("SESSION_EXPIRED")
    const stranger = { sessionId: listener.sessionId, principal: "mallory" }
    expect(gist(cell.call(1, operation, stranger))).toBe("PERMISSION_DENIED")
    expect(gist(cell.call(1, keepAlive(), stranger))).toBe("PERMISSION_DENIED")
  })
})

describe("a lock", () => {
  test("that is asked for in vain is told to its holders without a subscription", () => {
    const second = new ScriptedSession(cell)
    listener.call(acquire("lock", "shared"))
    second.call(acquire("lock", "shared"))
    writer.submit(acquire("lock"))
    cell.settle()
    for (const holder of [listener, second]) {
      holder.keepAlive()
      expect(holder.told).toMatchObject([{ kind: "lockWanted", change: { sessionId: writer.sessionId } }])
    }
    writer.keepAlive()
    expect(writer.told).toEqual([])
  })

  test("that many ask for again and again is told to its holder once, as the latest wish", () => {
    listener.call(acquire("lock"))
    const attempt: Operation = { kind: "tryAcquire", node: at("lock"), mode: "shared", lockDelayMs: 0 }
    for (let count = 0; count < 20; count += 1) writer.call(attempt)
    listener.keepAlive()
    expect(listener.told).toMatchObject([
      { kind: "lockWanted", index: cell.replica(1).status().appliedThrough, change: { holders: [listener.sessionId] } },
    ])
  })

  test("is heard of when it is acquired and freed", () => {
    subscribe({ kinds: ["lockAcquired", "lockFreed"] })
    writer.call(acquire("lock"))
    writer.call({ kind: "release", node: at("lock") })
    expect(heard()).toMatchObject([
      { kind: "lockAcquired", sessionId: writer.sessionId, lockGeneration: 1 },
      { kind: "lockFreed", lost: false },
    ])
  })
})
