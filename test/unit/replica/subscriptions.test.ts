import { beforeEach, describe, expect, test } from "vitest"
import type { NodeChange, Subscription } from "../../../src/contract/changes.ts"
import { limits } from "../../../src/contract/limits.ts"
import type { Interest } from "../../../src/replica/interest-index.ts"
import { Subscriptions, type Told } from "../../../src/replica/subscriptions.ts"

let subscriptions: Subscriptions

beforeEach(() => {
  subscriptions = new Subscriptions((principal, readers) => principal !== "stranger" || readers === "anyone")
})

function interest(sessionId: number, subscription: Partial<Subscription>, principal = "anonymous"): Interest {
  const whole: Subscription = { subscriptionId: 1, path: "/ls/cell/d", scope: "node", kinds: [], ...subscription }
  return { sessionId, principal, subscription: whole }
}

function changed(path: string): NodeChange {
  return { kind: "contentsChanged", path: `/ls/cell${path}`, instance: 2, contentGeneration: 1 }
}

function heard(told: readonly Told[]): readonly string[] {
  return told.map(({ sessionId, notice }) => {
    return `${String(sessionId)}:${notice.kind === "event" ? String(notice.subscriptionId) : notice.kind}`
  })
}

function whoHears(change: NodeChange, readers = "anyone"): readonly string[] {
  return heard(subscriptions.noticesOf([{ change, readers }], 9))
}

describe("a subscription", () => {
  test("to a node hears of that node only", () => {
    subscriptions.add(interest(1, { scope: "node" }))
    expect(whoHears(changed("/d"))).toEqual(["1:1"])
    for (const path of ["", "/d/a", "/e", "/dd"]) expect(whoHears(changed(path))).toEqual([])
  })

  test("to children hears of the nodes right below", () => {
    subscriptions.add(interest(1, { scope: "children" }))
    expect(whoHears(changed("/d/a"))).toEqual(["1:1"])
    for (const path of ["", "/d", "/d/a/b", "/dd/a"]) expect(whoHears(changed(path))).toEqual([])
  })

  test("to a subtree hears of the node and of all below it", () => {
    subscriptions.add(interest(1, { scope: "subtree" }))
    for (const path of ["/d", "/d/a", "/d/a/b/c"]) expect(whoHears(changed(path))).toEqual(["1:1"])
    for (const path of ["", "/dd", "/e/d"]) expect(whoHears(changed(path))).toEqual([])
  })

  test("to the subtree of the root hears of everything", () => {
    subscriptions.add(interest(1, { scope: "subtree", path: "/ls/cell" }))
    for (const path of ["", "/d", "/d/a/b"]) expect(whoHears(changed(path))).toEqual(["1:1"])
  })

  test("to some kinds of changes hears of no others", () => {
    subscriptions.add(interest(1, { kinds: ["nodeCreated", "nodeDeleted"] }))
    expect(whoHears(changed("/d"))).toEqual([])
    expect(whoHears({ kind: "nodeDeleted", path: "/ls/cell/d", instance: 2 })).toEqual(["1:1"])
  })

  test("hears of nothing that its principal could not read when it happened", () => {
    const whole = interest(1, { path: "/ls/cell", scope: "subtree" }, "stranger")
    subscriptions.add(whole)
    expect(whoHears(changed("/d"), "team")).toEqual([])
    expect(whoHears(changed("/d"))).toEqual(["1:1"])
    const kept = ["team", "anyone"].map((readers, at) => ({ index: 4 + at, change: changed("/d"), readers }))
    expect(subscriptions.missed([whole], 0, kept).map(({ notice }) => notice)).toMatchObject([{ index: 5 }])
  })

  test("is one among many of its session, and each hears for itself", () => {
    subscriptions.add(interest(1, { subscriptionId: 1, scope: "node" }))
    subscriptions.add(interest(1, { subscriptionId: 2, scope: "subtree", path: "/ls/cell" }))
    expect(whoHears(changed("/d"))).toEqual(["1:1", "1:2"])
    expect(subscriptions.countOf(1)).toBe(2)
  })

  test("is replaced by another one under its number, and not by its own repetition", () => {
    expect(subscriptions.add(interest(1, { kinds: ["nodeCreated"] }))).toBe(true)
    expect(subscriptions.add(interest(1, { kinds: ["nodeCreated"] }))).toBe(false)
    expect(subscriptions.add(interest(1, { kinds: ["contentsChanged"] }))).toBe(true)
    expect(whoHears({ kind: "nodeCreated", path: "/ls/cell/d", instance: 2 })).toEqual([])
    expect(whoHears(changed("/d"))).toEqual(["1:1"])
    expect(subscriptions.countOf(1)).toBe(1)
  })

  test("hears no more when it was taken back, or its session has ended", () => {
    for (const sessionId of [1, 2, 3]) subscriptions.add(interest(sessionId, {}))
    subscriptions.remove(1, 1)
    subscriptions.remove(1, 1)
    subscriptions.endSession(2)
    expect(whoHears(changed("/d"))).toEqual(["3:1"])
    expect([subscriptions.countOf(1), subscriptions.countOf(2)]).toEqual([0, 0])
  })

  test("too many is refused, and names the limit", () => {
    const most = limits.subscriptionsPerSessionMax
    for (let subscriptionId = 1; subscriptionId <= most; subscriptionId += 1) {
      subscriptions.add(interest(1, { subscriptionId }))
    }
    expect(subscriptions.add(interest(1, { subscriptionId: most + 1 }))).toMatchObject({ code: "QUOTA_EXCEEDED" })
    expect(subscriptions.add(interest(1, { subscriptionId: 5, scope: "subtree" }))).toBe(true)
  })
})

describe("a request for a lock", () => {
  const asked = { mode: "exclusive", sessionId: 3, clientName: "bob" } as const
  const change: NodeChange = { kind: "lockRequested", path: "/ls/cell/d", instance: 2, ...asked, holders: [1, 2] }

  test("is told to those who hold it, and to subscribers besides", () => {
    subscriptions.add(interest(2, {}))
    expect(whoHears(change)).toEqual(["1:lockWanted", "2:lockWanted", "2:1"])
  })

  test("names to each holder only itself, however many there are", () => {
    const [toFirst, toSecond] = subscriptions.noticesOf([{ change, readers: "anyone" }], 1)
    expect(toFirst).toMatchObject({ sessionId: 1, notice: { change: { holders: [1] } } })
    expect(toSecond).toMatchObject({ sessionId: 2, notice: { change: { holders: [2] } } })
  })

  test("is told to subscribers without those who are asked to give way", () => {
    subscriptions.add(interest(7, {}))
    const told = [
      ...subscriptions.noticesOf([{ change, readers: "anyone" }], 1),
      ...subscriptions.missed([interest(7, {})], 0, [{ index: 1, change, readers: "anyone" }]),
    ].filter(({ sessionId }) => sessionId === 7)
    expect(told.map(({ notice }) => notice)).toMatchObject([{ change: { holders: [] } }, { change: { holders: [] } }])
  })

  test("that was missed is told to the one who asks, in the order of events", () => {
    const kept = [
      { index: 4, change: changed("/d") },
      { index: 5, change },
      { index: 6, change: changed("/e") },
    ].map((one) => ({ ...one, readers: "anyone" }))
    expect(heard(subscriptions.missed([interest(1, {})], 1, kept))).toEqual(["1:1", "1:lockWanted", "1:1"])
    expect(heard(subscriptions.missed([], 4, kept))).toEqual([])
  })
})

test("whether a principal may read is asked once per change, however many of its sessions listen", () => {
  let askedCount = 0
  subscriptions = new Subscriptions(() => {
    askedCount += 1
    return true
  })
  for (let sessionId = 1; sessionId <= 100; sessionId += 1) subscriptions.add(interest(sessionId, {}))
  expect(whoHears(changed("/d"))).toHaveLength(100)
  expect(askedCount).toBe(1)
})
