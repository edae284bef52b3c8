import { describe, expect, test } from "vitest"
import { answered, at, by, codeOf } from "./cell-under-test.ts"
import { acquireOf, foundedNodeCount, openOf, tryAcquireOf } from "./cell-under-test.ts"
import { job, lockCast, release } from "./lock-cast.ts"

describe("Acquire", () => {
  test("by path creates the file, and answers with the handle that holds the lock", () => {
    const { cell, alice } = lockCast()
    const answer = answered(alice.call(acquireOf(job)), "acquire")
    expect(answer).toMatchObject({
      lockGeneration: 1,
      stat: { path: "/ls/test/job", ephemeral: false, lockGeneration: 1 },
    })
    expect(answered(alice.read({ kind: "getSequencer", node: by(answer.handle) }), "getSequencer").claims).toEqual({
      cell: "test",
      path: "/ls/test/job",
      instance: answer.stat.instance,
      mode: "exclusive",
      lockGeneration: 1,
    })
    cell.checkStore()
  })

  test("waits for an exclusive holder and is answered by the release, in the same slot", () => {
    const { cell, alice, bob } = lockCast()
    alice.call(acquireOf(job))
    expect(bob.call(acquireOf(job))).toBeUndefined()
    expect(cell.machine.recall(bob.sessionId, 1)).toBe("waiting")
    expect(cell.lockOf("job")).toEqual({ generation: 1, holders: [1], waiters: [2] })
    const { outcomes, settled } = cell.apply(alice.next(release))
    expect(outcomes).toEqual([{ kind: "release", released: true }])
    expect(settled).toEqual([{ sessionId: 2, requestNumber: 1, outcome: cell.machine.recall(2, 1) }])
    expect(settled[0]?.outcome).toMatchObject({ kind: "acquire", lockGeneration: 2 })
    cell.checkStore()
  })

  test("that waits is told so again when it is sent again, and keeps its one place", () => {
    const { cell, alice, bob } = lockCast()
    alice.call(acquireOf(job))
    bob.call(acquireOf(job))
    expect(cell.apply(bob.again(acquireOf(job), 1)).outcomes).toEqual([undefined])
    expect(cell.lockOf("job").waiters).toEqual([2])
  })

  test("is granted in the order of asking, across a fail-over too", () => {
    const { cell, alice, bob, carol } = lockCast()
    alice.call(acquireOf(job))
    carol.call(acquireOf(job))
    bob.call(acquireOf(job))
    cell.restart()
    expect(cell.lockOf("job")).toEqual({ generation: 1, holders: [1], waiters: [3, 2] })
    cell.expire(alice)
    expect(cell.lockOf("job")).toEqual({ generation: 2, holders: [3], waiters: [2] })
  })

  test("by two handles of one session excludes like strangers", () => {
    const { cell, alice } = lockCast()
    alice.call(acquireOf(job))
    expect(alice.call(acquireOf(job))).toBeUndefined()
    expect(cell.lockOf("job")).toEqual({ generation: 1, holders: [1], waiters: [1] })
  })

  test("by a handle that holds the lock already is answered as before", () => {
    const { cell, alice } = lockCast()
    const node = by(alice.open("job"))
    const first = answered(alice.call(acquireOf(node)), "acquire")
    expect(alice.call(acquireOf(node))).toEqual(first)
    expect(alice.call(tryAcquireOf(node, "exclusive"))).toEqual({
      ...first,
      kind: "tryAcquire",
      acquired: true,
    })
    expect(cell.lockOf("job")).toEqual({ generation: 1, holders: [1], waiters: [] })
  })

  test("by a handle that holds or awaits the lock otherwise is refused", () => {
    const { alice, bob } = lockCast()
    const node = by(alice.open("job"))
    alice.call(acquireOf(node))
    expect(codeOf(alice.call(acquireOf(node, "shared")))).toBe("HANDLE_BUSY")
    const waiting = by(bob.open("job"))
    bob.call(acquireOf(waiting))
    expect(codeOf(bob.call(acquireOf(waiting)))).toBe("HANDLE_BUSY")
  })

  test("locks a directory as well as a file", () => {
    const { cell, alice } = lockCast()
    alice.open("d", { nodeKind: "directory" })
    answered(alice.call(acquireOf(at("d"))), "acquire")
    answered(alice.call(acquireOf(at(""))), "acquire")
    cell.checkStore()
  })

  test("outside a session is refused", () => {
    const { cell } = lockCast()
    expect(codeOf(cell.outside(acquireOf(job)))).toBe("INVALID_ARGUMENT")
    expect(cell.machine.nodeCount).toBe(foundedNodeCount)
  })
})

describe("a shared lock", () => {
  test("is held by many at one generation", () => {
    const { cell, alice, bob } = lockCast()
    expect(answered(alice.call(acquireOf(job, "shared")), "acquire").lockGeneration).toBe(1)
    expect(answered(bob.call(acquireOf(job, "shared")), "acquire").lockGeneration).toBe(1)
    alice.call(release)
    expect(cell.lockOf("job")).toEqual({ generation: 1, holders: [2], waiters: [] })
  })

  test("is not joined past a waiter: readers don't starve a writer", () => {
    const { cell, alice, bob, carol } = lockCast()
    alice.call(acquireOf(job, "shared"))
    bob.call(acquireOf(job, "exclusive"))
    expect(carol.call(acquireOf(job, "shared"))).toBeUndefined()
    const attempt = carol.call(tryAcquireOf(job, "shared"))
    expect(attempt).toMatchObject({ acquired: false, holders: [{ sessionId: 1, mode: "shared" }], waiterCount: 2 })
    expect(cell.lockOf("job")).toEqual({ generation: 1, holders: [1], waiters: [2, 3] })
  })

  test("is granted to all shared waiters at the head at once, at one generation", () => {
    const { cell, alice, bob, carol } = lockCast()
    alice.call(acquireOf(job))
    bob.call(acquireOf(job, "shared"))
    carol.call(acquireOf(job, "shared"))
    alice.call(acquireOf(job))
    bob.call(acquireOf(job, "shared"))
    const { settled } = cell.apply(alice.next({ kind: "release", node: job }))
    expect(settled.map(({ sessionId }) => sessionId)).toEqual([2, 3])
    expect(cell.lockOf("job")).toEqual({ generation: 2, holders: [2, 3], waiters: [1, 2] })
    cell.checkStore()
  })

  test("is joined by the shared waiters behind an exclusive one that gives up", () => {
    const { cell, alice, bob, carol } = lockCast()
    alice.call(acquireOf(job, "shared"))
    bob.call(acquireOf(job, "exclusive"))
    carol.call(acquireOf(job, "shared"))
    cell.expire(bob)
    expect(cell.lockOf("job")).toEqual({ generation: 1, holders: [1, 3], waiters: [] })
  })
})

describe("the lock generation", () => {
  test("rises from free to held, never on release", () => {
    const { cell, alice, bob } = lockCast()
    for (const generation of [1, 2, 3]) {
      alice.call(acquireOf(job))
      expect(cell.lockOf("job").generation).toBe(generation)
      alice.call(release)
      expect(cell.lockOf("job").generation).toBe(generation)
    }
    bob.call(acquireOf(job))
    expect(cell.lockOf("job").generation).toBe(4)
    cell.restart()
    cell.expire(bob)
    expect(cell.lockOf("job")).toEqual({ generation: 4, holders: [], waiters: [] })
  })
})

describe("TryAcquire", () => {
  test("takes a free lock and names the holders of a taken one", () => {
    const { alice, bob } = lockCast()
    expect(answered(alice.call(tryAcquireOf(job, "exclusive")), "tryAcquire").acquired).toBe(true)
    expect(bob.call(tryAcquireOf(job, "shared"))).toEqual({
      kind: "tryAcquire",
      acquired: false,
      holders: [
        {
          sessionId: 1,
          clientName: "alice",
          principal: "anonymous",
          host: "",
          processId: 0,
          mode: "exclusive",
          since: 5,
          forMs: 0,
        },
      ],
      waiterCount: 0,
      delay: undefined,
    })
  })

  test("that failed leaves nothing in the queue", () => {
    const { cell, alice, bob } = lockCast()
    alice.call(acquireOf(job))
    bob.call(tryAcquireOf(job, "exclusive"))
    alice.call(release)
    expect(cell.lockOf("job")).toEqual({ generation: 1, holders: [], waiters: [] })
    cell.checkStore()
  })
})

describe("CancelAcquire", () => {
  test("takes a waiter out of the queue: a waiter that was cancelled is not granted the lock", () => {
    const { cell, alice, bob, carol } = lockCast()
    alice.call(acquireOf(job))
    bob.call(acquireOf(job))
    carol.call(acquireOf(job))
    const { outcomes, settled } = cell.apply(bob.next({ kind: "cancelAcquire", requestNumber: 1 }))
    expect(outcomes).toEqual([{ kind: "cancelAcquire", cancelled: true }])
    expect(settled).toMatchObject([{ sessionId: 2, requestNumber: 1, outcome: { code: "CANCELLED" } }])
    alice.call(release)
    expect(cell.lockOf("job")).toEqual({ generation: 2, holders: [3], waiters: [] })
    expect(cell.apply(bob.again(acquireOf(job), 1)).outcomes).toMatchObject([{ code: "CANCELLED" }])
    cell.checkStore()
  })

  test("of an Acquire that was granted meanwhile takes nothing away", () => {
    const { cell, alice, bob } = lockCast()
    const cancel = { kind: "cancelAcquire", requestNumber: 1 } as const
    alice.call(acquireOf(job))
    expect(alice.call(cancel)).toEqual({ kind: "cancelAcquire", cancelled: false })
    bob.call(acquireOf(job))
    alice.call(release)
    expect(bob.call(cancel)).toEqual({ kind: "cancelAcquire", cancelled: false })
    expect(cell.lockOf("job").holders).toEqual([2])
  })

  test("of an Acquire that it has overtaken keeps that one from waiting, and from being granted", () => {
    const { cell, alice, bob } = lockCast()
    alice.call(acquireOf(job))
    bob.requestNumber = 1
    expect(bob.call({ kind: "cancelAcquire", requestNumber: 1 })).toEqual({ kind: "cancelAcquire", cancelled: true })
    cell.checkStore()
    cell.restart()
    expect(cell.apply(bob.again(acquireOf(job), 1)).outcomes).toMatchObject([{ code: "CANCELLED" }])
    expect(cell.lockOf("job").waiters).toEqual([])
  })

  test("names an earlier request", () => {
    const { alice } = lockCast()
    expect(codeOf(alice.call({ kind: "cancelAcquire", requestNumber: 1 }))).toBe("INVALID_ARGUMENT")
    expect(codeOf(alice.call({ kind: "cancelAcquire", requestNumber: 0 }))).toBe("INVALID_ARGUMENT")
    expect(codeOf(alice.call({ kind: "cancelAcquire", requestNumber: 99 }))).toBe("INVALID_ARGUMENT")
  })
})

describe("Release", () => {
  test("by handle ends that handle's hold, by path all holds of the session", () => {
    const { cell, alice, bob } = lockCast()
    const first = answered(alice.call(acquireOf(job, "shared")), "acquire").handle
    alice.call(acquireOf(job, "shared"))
    alice.call(acquireOf(job, "shared"))
    bob.call(acquireOf(job, "shared"))
    expect(alice.call({ kind: "release", node: by(first) })).toEqual({ kind: "release", released: true })
    expect(cell.lockOf("job").holders).toEqual([1, 1, 2])
    alice.call(release)
    expect(cell.lockOf("job").holders).toEqual([2])
  })

  test("of what is not held says so", () => {
    const { alice, bob } = lockCast()
    alice.call(acquireOf(job))
    expect(bob.call(release)).toEqual({ kind: "release", released: false })
    expect(codeOf(bob.call({ kind: "release", node: at("nowhere") }))).toBe("NODE_NOT_FOUND")
  })

  test("leaves the session's own waits in the queue", () => {
    const { cell, alice } = lockCast()
    alice.call(acquireOf(job))
    alice.call(acquireOf(job))
    alice.call(release)
    expect(cell.lockOf("job")).toEqual({ generation: 2, holders: [1], waiters: [] })
  })
})

describe("a lock's end", () => {
  test("comes with its handle: Close releases, and takes waits back", () => {
    const { cell, alice, bob } = lockCast()
    const held = alice.open("job")
    alice.call(acquireOf(by(held)))
    const waiting = bob.open("job")
    bob.call(acquireOf(by(waiting)))
    const { settled } = cell.apply(bob.next({ kind: "close", handle: waiting }))
    expect(settled).toMatchObject([{ sessionId: 2, outcome: { code: "CANCELLED" } }])
    alice.call({ kind: "close", handle: held })
    expect(cell.lockOf("job")).toEqual({ generation: 1, holders: [], waiters: [] })
    cell.checkStore()
  })

  test("keeps its node from being deleted by anybody but its holder", () => {
    const { cell, alice, bob } = lockCast()
    answered(alice.call(acquireOf(job)), "acquire")
    expect(codeOf(bob.call({ kind: "delete", node: job }))).toBe("LOCK_HELD")
    expect(codeOf(cell.outside({ kind: "delete", node: job }))).toBe("LOCK_HELD")
    alice.call({ kind: "release", node: job })
    answered(bob.call({ kind: "delete", node: job }), "delete")
    cell.checkStore()
  })

  test("comes with its node: waiters are told that it is gone", () => {
    const { cell, alice, bob } = lockCast()
    const { handle } = answered(alice.call(acquireOf(job)), "acquire")
    bob.call(acquireOf(job))
    const { settled } = cell.apply(alice.next({ kind: "delete", node: job }))
    expect(settled).toMatchObject([{ sessionId: 2, requestNumber: 1, outcome: { code: "NODE_NOT_FOUND" } }])
    expect(codeOf(alice.read({ kind: "getSequencer", node: by(handle) }))).toBe("HANDLE_INVALID")
    expect(codeOf(alice.call({ kind: "release", node: by(handle) }))).toBe("HANDLE_INVALID")
    cell.checkStore()
  })

  test("comes with its session: a waiter of a dead session is never granted", () => {
    const { cell, alice, bob, carol } = lockCast()
    alice.call(acquireOf(job))
    bob.call(acquireOf(job))
    carol.call(acquireOf(job))
    const { settled, endedSessions } = cell.expire(bob)
    expect(settled).toMatchObject([{ sessionId: 2, requestNumber: 1, outcome: { code: "SESSION_EXPIRED" } }])
    expect(endedSessions).toMatchObject([{ sessionId: 2, reason: "its lease ran out" }])
    alice.call({ kind: "closeSession" })
    expect(cell.lockOf("job")).toEqual({ generation: 2, holders: [3], waiters: [] })
    cell.checkStore()
  })

  test("that made an ephemeral node grants its lock on, and whoever holds it now keeps the node", () => {
    const { cell, alice, bob } = lockCast()
    const handle = alice.open("job", { ephemeral: true })
    alice.call(acquireOf(by(handle)))
    alice.call(acquireOf(job))
    bob.call(acquireOf(job))
    const { settled } = cell.expire(alice)
    expect(settled).toMatchObject([
      { sessionId: 1, requestNumber: 3, outcome: { code: "SESSION_EXPIRED" } },
      { sessionId: 2, requestNumber: 1, outcome: { kind: "acquire", lockGeneration: 2 } },
    ])
    cell.restart()
    bob.call({ kind: "release", node: job })
    expect(cell.machine.nodeCount).toBe(foundedNodeCount)
    cell.checkStore()
  })
})

describe("a sequencer", () => {
  test("is given to holders only", () => {
    const { alice, bob } = lockCast()
    const { handle } = answered(alice.call(acquireOf(job, "shared")), "acquire")
    expect(answered(alice.read({ kind: "getSequencer", node: job }), "getSequencer").claims.mode).toBe("shared")
    expect(codeOf(bob.read({ kind: "getSequencer", node: job }))).toBe("LOCK_NOT_HELD")
    const other = by(alice.open("job"))
    expect(codeOf(alice.read({ kind: "getSequencer", node: other }))).toBe("LOCK_NOT_HELD")
    alice.call({ kind: "release", node: by(handle) })
    expect(codeOf(alice.read({ kind: "getSequencer", node: by(handle) }))).toBe("LOCK_NOT_HELD")
  })

  test("is valid while the lock is held at its generation, in its mode, on its instance", () => {
    const { cell, alice, bob } = lockCast()
    alice.call(acquireOf(job))
    const { claims } = answered(alice.read({ kind: "getSequencer", node: job }), "getSequencer")
    const check = (changes: Partial<typeof claims> = {}): string => {
      const checked = answered(
        cell.read({ kind: "checkSequencer", claims: { ...claims, ...changes } }),
        "checkSequencer",
      )
      expect(checked.valid).toBe(checked.reason === "")
      return checked.reason
    }
    expect(check()).toBe("")
    expect(check({ cell: "other" })).toContain("of the cell")
    expect(check({ path: "/ls/test/../x" })).toContain("not a name")
    expect(check({ path: "/ls/test/other" })).toContain("was deleted")
    expect(check({ instance: claims.instance + 1 })).toContain("created again")
    expect(check({ mode: "shared" })).toContain("Nobody holds")
    alice.call(release)
    expect(check()).toContain("Nobody holds")
    bob.call(acquireOf(job))
    expect(check()).toContain("at generation 2")
    bob.call({ kind: "delete", node: job })
    bob.call(openOf("job"))
    expect(check()).toContain("created again")
  })
})
