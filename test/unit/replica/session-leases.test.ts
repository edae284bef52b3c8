import { beforeEach, describe, expect, test } from "vitest"
import { never } from "../../../src/base/instant.ts"
import { SessionLeases } from "../../../src/replica/session-leases.ts"

const leaseMs = 10_000
/** As the granter counts: lengthened by the drift bound of ten per mille. */
const grantedMs = 10_100

let leases: SessionLeases

/** A session that was created at instant 1. */
beforeEach(() => {
  leases = new SessionLeases(10)
  leases.add(7, leaseMs, 1, true)
})

describe("a session lease", () => {
  test("lasts its span lengthened by the drift bound, and then the end is proposed, once", () => {
    expect(leases.takeDue(1 + grantedMs - 1)).toEqual({ answers: [], expired: [] })
    expect(leases.takeDue(1 + grantedMs)).toEqual({ answers: [], expired: [7] })
    expect(leases.takeDue(1_000_000)).toEqual({ answers: [], expired: [] })
    expect(leases.nextAt()).toBe(never)
  })

  test("begins anew when its CreateSession is retried: the caller counts from there", () => {
    expect(leases.add(7, leaseMs, 5_000, true)).toBe(true)
    expect(leases.takeDue(1 + grantedMs).expired).toEqual([])
    expect(leases.takeDue(5_000 + grantedMs).expired).toEqual([7])
  })

  test("loses no parked KeepAlive when its CreateSession is retried", () => {
    leases.keepAlive(7, 100, 10)
    leases.add(7, leaseMs, 20, true)
    expect(leases.takeDue(6_000).answers.map(({ ticket }) => ticket)).toEqual([100])
  })

  test("is not promised to a retried CreateSession once its end is under way", () => {
    leases.takeDue(1 + grantedMs)
    expect(leases.add(7, leaseMs, 11_000, true)).toBe(false)
    expect(leases.takeDue(1_000_000).expired).toEqual([])
  })

  test("is given in full to every session again by restart, but to none that is ending", () => {
    leases.add(8, leaseMs, 1, true)
    leases.keepAlive(8, 200, 10)
    leases.takeDue(6_000)
    expect(leases.takeDue(1 + grantedMs).expired).toEqual([7])
    leases.restart(15_000)
    expect(leases.nextAt()).toBe(15_000 + grantedMs)
    expect(leases.takeDue(15_000 + grantedMs).expired).toEqual([8])
  })
})

describe("a master that has regained its lease", () => {
  test("answers what is parked at once, and the next KeepAlive of those that were silent", () => {
    leases.add(8, leaseMs, 1, true)
    leases.keepAlive(8, 200, 10)
    leases.restart(3_000)
    expect(leases.takeDue(3_000).answers.map(({ ticket }) => ticket)).toEqual([200])
    expect(leases.keepAlive(7, 100, 3_010)?.answers.map(({ ticket }) => ticket)).toEqual([100])
  })
})

describe("a KeepAlive", () => {
  test("is parked until half of the lease is over, and extends it", () => {
    expect(leases.keepAlive(7, 100, 50)?.answers).toEqual([])
    const half = 1 + grantedMs - leaseMs / 2
    expect(leases.nextAt()).toBe(half)
    expect(leases.takeDue(half - 1).answers).toEqual([])
    expect(leases.takeDue(half).answers).toEqual([{ ticket: 100, sessionLeaseMs: leaseMs, parkedMs: half - 50 }])
    expect(leases.takeDue(half + grantedMs - 1).expired).toEqual([])
    expect(leases.takeDue(half + grantedMs).expired).toEqual([7])
  })

  test("that comes in the second half is answered at once", () => {
    expect(leases.keepAlive(7, 100, 8_000)?.answers).toEqual([{ ticket: 100, sessionLeaseMs: leaseMs, parkedMs: 0 }])
    expect(leases.nextAt()).toBe(8_000 + grantedMs)
  })

  test("answers the one that was parked before it", () => {
    leases.keepAlive(7, 100, 50)
    expect(leases.keepAlive(7, 101, 60)?.answers.map(({ ticket }) => ticket)).toEqual([100])
    expect(leases.takeDue(6_000).answers.map(({ ticket }) => ticket)).toEqual([101])
  })

  test("is answered at once when it is the first under a new master", () => {
    leases = new SessionLeases(10)
    leases.add(7, leaseMs, 1, false)
    expect(leases.keepAlive(7, 100, 2)?.answers.map(({ ticket }) => ticket)).toEqual([100])
    expect(leases.keepAlive(7, 101, 3)?.answers).toEqual([])
  })

  test("does not extend a session whose end has been proposed", () => {
    leases.takeDue(1 + grantedMs)
    expect(leases.keepAlive(7, 100, 10_200)?.answers).toEqual([])
    // A client that has come back by another connection: its earlier call is let go, neither is told of a lease.
    expect(leases.keepAlive(7, 101, 10_300)).toEqual({ answers: [], displaced: 100 })
    expect(leases.takeDue(1_000_000)).toEqual({ answers: [], expired: [] })
    expect(leases.remove(7)).toBe(101)
  })

  test("of an unknown session is not parked", () => {
    expect(leases.keepAlive(8, 100, 50)).toBeUndefined()
  })

  test("that was abandoned extends nothing", () => {
    leases.keepAlive(7, 100, 50)
    leases.abandon(7, 100)
    expect(leases.nextAt()).toBe(1 + grantedMs)
    expect(leases.takeDue(1 + grantedMs)).toEqual({ answers: [], expired: [7] })
  })

  test("is not abandoned by the ticket of an earlier one", () => {
    leases.keepAlive(7, 100, 50)
    leases.keepAlive(7, 101, 60)
    leases.abandon(7, 100)
    expect(leases.takeDue(6_000).answers.map(({ ticket }) => ticket)).toEqual([101])
  })
})

describe("the end of a mastership", () => {
  test("gives back the tickets of all parked KeepAlives and forgets every session", () => {
    leases.add(8, leaseMs, 1, true)
    leases.keepAlive(7, 100, 50)
    leases.keepAlive(8, 200, 50)
    expect(leases.clear()).toEqual([100, 200])
    expect(leases.nextAt()).toBe(never)
    expect(leases.keepAlive(7, 101, 60)).toBeUndefined()
  })
})

describe("a session that has ended", () => {
  test("is forgotten, and its parked KeepAlive given back", () => {
    leases.keepAlive(7, 100, 50)
    expect(leases.remove(7)).toBe(100)
    expect(leases.remove(7)).toBeUndefined()
    expect(leases.takeDue(1_000_000)).toEqual({ answers: [], expired: [] })
  })
})
