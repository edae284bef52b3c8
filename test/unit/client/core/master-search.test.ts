import { describe, expect, test } from "vitest"
import { Prng } from "../../../../src/base/prng.ts"
import { MasterSearch, type Trouble } from "../../../../src/client/core/master-search.ts"

const addresses = ["a:1", "b:2", "c:3", "d:4", "e:5"]
const unreachable: Trouble = { kind: "unreachable", detail: "connection refused" }
const notMaster: Trouble = { kind: "refused", code: "NOT_MASTER", detail: "follows" }
const noQuorum: Trouble = { kind: "refused", code: "NO_QUORUM", detail: "2 of 5 replicas answer" }

function search(seed = 1): MasterSearch {
  return new MasterSearch(addresses, new Prng(seed))
}

describe("the search for the master", () => {
  test("asks every replica once, without a pause, before it asks one again", () => {
    const hunt = search()
    const asked = addresses.map(() => {
      const attempt = hunt.next()
      hunt.failed(attempt.address, unreachable)
      return attempt
    })
    expect(asked.map(({ address }) => address).sort()).toEqual(addresses)
    expect(asked.every(({ delayMs }) => delayMs === 0)).toBe(true)
    expect(hunt.next().delayMs).toBeGreaterThan(0)
  })

  test("spreads clients: not all begin with the same replica", () => {
    const first = new Set(Array.from({ length: 50 }, (_, seed) => search(seed).next().address))
    expect(first.size).toBeGreaterThan(1)
  })

  test("follows a hint at once, even to an address that nobody has named before", () => {
    const hunt = search()
    hunt.failed(hunt.next().address, notMaster, "f:6")
    expect(hunt.next()).toEqual({ address: "f:6", delayMs: 0 })
  })

  test("does not follow a hint back to a replica that has just failed", () => {
    const hunt = search()
    const dead = hunt.next().address
    hunt.failed(dead, unreachable)
    const second = hunt.next().address
    hunt.failed(second, notMaster, dead)
    const third = hunt.next().address
    expect([dead, second]).not.toContain(third)
  })

  test("goes elsewhere first when the replica that served has failed", () => {
    const hunt = search()
    const { address } = hunt.next()
    hunt.served(address)
    hunt.failed(address, unreachable)
    expect(hunt.next().address).not.toBe(address)
  })

  test("begins the next search with the replica that served last", () => {
    const hunt = search()
    hunt.served("d:4")
    expect(hunt.next()).toEqual({ address: "d:4", delayMs: 0 })
  })

  test("pauses longer after each round in which nobody served, up to a quarter of a second", () => {
    const hunt = search()
    const pauses: number[] = []
    for (let count = 0; count < 60; count += 1) {
      const { address, delayMs } = hunt.next()
      if (delayMs > 0) pauses.push(delayMs)
      hunt.failed(address, unreachable)
    }
    expect(pauses).toHaveLength(11)
    expect(pauses[0]).toBeLessThanOrEqual(40)
    expect(Math.max(...pauses)).toBeLessThanOrEqual(250)
    expect(pauses.at(-1)).toBeGreaterThanOrEqual(125)
  })
})

describe("the diagnosis for a caller whose deadline has passed", () => {
  test("is silent while nothing has gone wrong, and again once a replica serves", () => {
    const hunt = search()
    expect(hunt.diagnose()).toBeUndefined()
    hunt.failed("a:1", noQuorum)
    hunt.served("a:1")
    expect(hunt.diagnose()).toBeUndefined()
  })

  test("says what a replica without a quorum has said, whatever the others said", () => {
    const hunt = search()
    hunt.failed("a:1", noQuorum)
    hunt.failed("b:2", { kind: "refused", code: "FAIL_OVER_IN_PROGRESS", detail: "in a moment" })
    hunt.failed("c:3", notMaster)
    expect(hunt.diagnose()).toEqual({ code: "NO_QUORUM", detail: "2 of 5 replicas answer" })
  })

  test("is no quorum when most replicas can't be reached, whatever the rest hope for", () => {
    const hunt = search()
    hunt.failed("a:1", notMaster)
    hunt.failed("b:2", { kind: "refused", code: "FAIL_OVER_IN_PROGRESS", detail: "in a moment" })
    for (const address of ["c:3", "d:4", "e:5"]) hunt.failed(address, unreachable)
    expect(hunt.diagnose()).toEqual({
      code: "NO_QUORUM",
      detail: "2 of 5 replicas can be reached, not c:3, d:4, e:5",
    })
  })

  test("names what to check when nobody answers: perhaps the addresses are wrong", () => {
    const hunt = search()
    hunt.failed("b:2", unreachable)
    for (const address of ["a:1", "c:3", "d:4", "e:5"]) hunt.failed(address, unreachable)
    expect(hunt.diagnose()).toEqual({
      code: "NO_QUORUM",
      detail:
        "no replica answers at a:1, b:2, c:3, d:4, e:5: " +
        "check that they run, and that these are the host:port of their gRPC doors",
    })
  })

  test("is a fail-over when most replicas answer and none is master", () => {
    const hunt = search()
    for (const address of ["a:1", "b:2", "c:3"]) hunt.failed(address, notMaster)
    hunt.failed("d:4", unreachable)
    expect(hunt.diagnose()?.code).toBe("FAIL_OVER_IN_PROGRESS")
  })
})

describe("a master that a replica has named", () => {
  test("is elsewhere for all others, until the round is over or somebody serves", () => {
    const hunt = search()
    const first = hunt.next().address
    expect(hunt.isElsewhere(first)).toBe(false)
    hunt.failed(first, notMaster, "e:5")
    expect([hunt.isElsewhere("b:2"), hunt.isElsewhere("e:5")]).toEqual([true, false])
    for (let left = 4; left > 0; left -= 1) hunt.failed(hunt.next().address, unreachable)
    expect(hunt.isElsewhere("b:2")).toBe(true)
    hunt.next()
    expect(hunt.isElsewhere("b:2")).toBe(false)
    hunt.failed("c:3", notMaster, "e:5")
    hunt.served("b:2")
    expect(hunt.isElsewhere("c:3")).toBe(false)
  })
})
