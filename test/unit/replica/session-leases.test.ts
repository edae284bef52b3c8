import { beforeEach, describe, expect, test } from "vitest"
import { never } from "../../../src/base/instant.ts"
import { type Parked, SessionLeases, type Untold } from "../../../src/replica/session-leases.ts"

const leaseMs = 10_000
/** As the granter counts: lengthened by the drift bound of ten per mille. */
const grantedMs = 10_100
const cacheLeaseMs = 5_000
const grant = { sessionLeaseMs: leaseMs, cacheLeaseMs }

let leases: SessionLeases

/** A session that was created at instant 1. */
beforeEach(() => {
  leases = new SessionLeases(10)
  leases.create(7, grant, true, 1)
})

/** As the master does: what is answerable is answered with a new grant. */
function answered(answerable: readonly Parked[] | undefined, now: number): readonly number[] {
  for (const { sessionId } of answerable ?? []) leases.grant(sessionId, grant, now)
  return (answerable ?? []).map(({ ticket }) => ticket)
}

interface Asking {
  readonly sessionId?: number
  readonly untold?: Untold
}

function keepAlive(ticket: number, now: number, { sessionId = 7, untold = "nothing" }: Asking = {}): readonly number[] {
  return answered(leases.keepAlive(sessionId, ticket, untold, now)?.answerable, now)
}

function due(now: number): { readonly tickets: readonly number[]; readonly expired: readonly number[] } {
  const { answerable, expired } = leases.takeDue(now)
  return { tickets: answered(answerable, now), expired }
}

describe("a session lease", () => {
  test("lasts its span lengthened by the drift bound, and then the end is proposed, once", () => {
    expect(due(1 + grantedMs - 1)).toEqual({ tickets: [], expired: [] })
    expect(due(1 + grantedMs)).toEqual({ tickets: [], expired: [7] })
    expect(due(1_000_000)).toEqual({ tickets: [], expired: [] })
    expect(leases.nextAt()).toBe(never)
  })

  test("begins anew when its CreateSession is retried: the caller counts from there", () => {
    expect(leases.create(7, grant, true, 5_000)).toBe(true)
    expect(due(1 + grantedMs).expired).toEqual([])
    expect(leases.remainingMs(7, 6_000)).toBe(grantedMs - 1_000)
    expect(due(5_000 + grantedMs).expired).toEqual([7])
  })

  test("is not over before a longer one that was granted earlier, for its client may know of no other", () => {
    leases.create(8, { sessionLeaseMs: 60_000, cacheLeaseMs }, true, 1)
    leases.grant(8, grant, 1_000)
    expect(due(1 + 60_600 - 1).expired).toEqual([7])
    expect(due(1 + 60_600).expired).toEqual([8])
  })

  test("is renewed when half of the latest grant is over, however long an earlier one was", () => {
    leases.create(8, { sessionLeaseMs: 60_000, cacheLeaseMs }, true, 1)
    leases.grant(8, grant, 1_000)
    keepAlive(200, 1_010, { sessionId: 8 })
    expect(due(1_000 + grantedMs - leaseMs / 2).tickets).toEqual([200])
  })

  test("loses no parked KeepAlive when its CreateSession is retried", () => {
    keepAlive(100, 10)
    leases.create(7, grant, true, 20)
    expect(due(6_000).tickets).toEqual([100])
  })

  test("is not promised to a retried CreateSession once its end is under way", () => {
    due(1 + grantedMs)
    expect(leases.create(7, grant, true, 11_000)).toBe(false)
    expect(due(1_000_000).expired).toEqual([])
  })

  test("is given in full to every session again by restart, but to none that is ending", () => {
    leases.create(8, grant, false, 1)
    keepAlive(200, 10, { sessionId: 8 })
    due(6_000)
    expect(due(1 + grantedMs).expired).toEqual([7])
    leases.restart(15_000)
    expect(leases.nextAt()).toBe(15_000 + grantedMs)
    expect(due(15_000 + grantedMs).expired).toEqual([8])
  })
})

describe("a new master of many sessions", () => {
  /** The first of them comes back late, all others later still. */
  function takeOver(sessionIds: readonly number[], firstHeardAt: number): void {
    leases = new SessionLeases(10)
    for (const sessionId of sessionIds) leases.inherit(sessionId, grant, false, 1)
    keepAlive(100, firstHeardAt, { sessionId: sessionIds[0] ?? 0 })
  }

  test("gives none up while others still come back, nor much longer", () => {
    takeOver([7, 8, 9], 9_000)
    expect(due(1 + grantedMs).expired).toEqual([])
    expect(keepAlive(101, 10_900, { sessionId: 8 })).toEqual([101])
    expect(due(19_050).expired).toEqual([])
    // Of those that came back, the first one has fallen silent since.
    expect(due(20_800).expired).toEqual([7])
    expect(due(21_500).expired).toContain(9)
  })

  test("gives one up whose client must have given itself up, whoever else comes back", () => {
    const all = Array.from({ length: 40 }, (_, place) => 7 + place)
    takeOver(all, 9_000)
    const lostAt = new Map<number, number>()
    all.slice(1, -1).forEach((sessionId, place) => {
      const now = 10_000 + 1_500 * place
      for (const lost of due(now).expired) lostAt.set(lost, now)
      keepAlive(200 + place, now, { sessionId })
    })
    expect(lostAt.get(46)).toBeGreaterThanOrEqual(1 + grantedMs + 45_000)
    expect(lostAt.get(46)).toBeLessThan(1 + grantedMs + 47_000)
  })

  test("waits for nobody who has not come back when all the others have long been there", () => {
    takeOver([7, 8], 50)
    expect(due(1 + grantedMs).expired).toEqual([8])
  })
})

describe("a master that has regained its lease", () => {
  test("answers what is parked at once, and the next KeepAlive of those that were silent", () => {
    leases.create(8, grant, false, 1)
    keepAlive(200, 10, { sessionId: 8 })
    leases.restart(3_000)
    expect(due(3_000).tickets).toEqual([200])
    expect(keepAlive(100, 3_010)).toEqual([100])
  })
})

describe("a KeepAlive", () => {
  test("is parked until half of the lease is over, and extends it", () => {
    expect(keepAlive(100, 50)).toEqual([])
    const half = 1 + grantedMs - leaseMs / 2
    expect(leases.nextAt()).toBe(half)
    expect(due(half - 1).tickets).toEqual([])
    expect(leases.takeDue(half).answerable).toEqual([{ sessionId: 7, ticket: 100, parkedMs: half - 50 }])
    leases.grant(7, grant, half)
    expect(due(half + grantedMs - 1).expired).toEqual([])
    expect(due(half + grantedMs).expired).toEqual([7])
  })

  test("that comes in the second half is answered at once", () => {
    expect(keepAlive(100, 8_000)).toEqual([100])
    expect(leases.nextAt()).toBe(8_000 + grantedMs)
  })

  test("is answered at once when there is something to tell", () => {
    expect(keepAlive(100, 50, { untold: "news" })).toEqual([100])
    keepAlive(101, 60)
    expect(leases.takeParked(7, 80)).toEqual({ sessionId: 7, ticket: 101, parkedMs: 20 })
    expect(leases.takeParked(7, 80)).toBeUndefined()
  })

  test("of a client that acknowledges nothing is answered again, but not at once, and so on for ever", () => {
    expect(keepAlive(100, 50, { untold: "news" })).toEqual([100])
    for (const at of [50, 250, 450]) {
      expect(keepAlive(101, at, { untold: "repetition" })).toEqual([])
      expect(leases.nextAt()).toBe(at + 200)
      expect(due(at + 200).tickets).toEqual([101])
    }
    expect(keepAlive(102, 700)).toEqual([])
    expect(leases.nextAt()).toBeGreaterThan(5_000)
  })

  test("answers the one that was parked before it", () => {
    keepAlive(100, 50)
    expect(keepAlive(101, 60)).toEqual([100])
    expect(due(6_000).tickets).toEqual([101])
  })

  test("is answered at once when it is the first under a new master", () => {
    leases = new SessionLeases(10)
    leases.inherit(7, grant, true, 1)
    expect(keepAlive(100, 2)).toEqual([100])
    expect(keepAlive(101, 3)).toEqual([])
  })

  test("does not extend a session whose end has been proposed", () => {
    due(1 + grantedMs)
    expect(keepAlive(100, 10_200)).toEqual([])
    // A client that has come back by another connection: its earlier call is let go, neither is told of a lease.
    expect(leases.keepAlive(7, 101, "news", 10_300)).toEqual({ answerable: [], displaced: 100 })
    expect(leases.takeParked(7, 10_300)).toBeUndefined()
    expect(due(1_000_000)).toEqual({ tickets: [], expired: [] })
    expect(leases.remove(7)).toBe(101)
  })

  test("of an unknown session is not parked", () => {
    expect(leases.keepAlive(8, 100, "nothing", 50)).toBeUndefined()
  })

  test("that was abandoned extends nothing", () => {
    keepAlive(100, 50)
    leases.abandon(7, 100)
    expect(leases.nextAt()).toBe(1 + grantedMs)
    expect(due(1 + grantedMs)).toEqual({ tickets: [], expired: [7] })
  })

  test("is not abandoned by the ticket of an earlier one", () => {
    keepAlive(100, 50)
    keepAlive(101, 60)
    leases.abandon(7, 100)
    expect(due(6_000).tickets).toEqual([101])
  })
})

describe("a cache lease", () => {
  test("is granted with the session's lease, and counted lengthened by the drift bound", () => {
    expect(leases.cacheUntil(7)).toBe(1 + 5_050)
    leases.grant(7, grant, 1_000)
    expect(leases.cacheUntil(7)).toBe(1_000 + 5_050)
  })

  test("is not extended by an answer that grants none, and none is ever granted to a session that does not cache", () => {
    leases.grant(7, { ...grant, cacheLeaseMs: 0 }, 1_000)
    expect(leases.cacheUntil(7)).toBe(1 + 5_050)
    leases.create(8, grant, false, 1)
    expect([leases.cacheUntil(8), leases.mayCache(8)]).toEqual([0, false])
  })

  test("has KeepAlives answered when it is half over, once there is something in the cache", () => {
    keepAlive(100, 10)
    expect(leases.nextAt()).toBe(1 + grantedMs - leaseMs / 2)
    leases.noteKeys(7, true)
    expect(leases.nextAt()).toBe(1 + 5_050 - 2_500)
    leases.noteKeys(7, false)
    expect(leases.nextAt()).toBe(1 + grantedMs - leaseMs / 2)
  })

  test("that is over is renewed at once for the first thing in the cache", () => {
    leases.create(8, { ...grant, sessionLeaseMs: 40_000 }, true, 1)
    leases.remove(7)
    keepAlive(100, 10, { sessionId: 8 })
    expect(due(10_000).tickets).toEqual([])
    leases.noteKeys(8, true)
    expect(leases.nextAt()).toBeLessThan(10_000)
    expect(due(10_000).tickets).toEqual([100])
    expect(leases.cacheUntil(8)).toBe(10_000 + 5_050)
  })

  test("of a session that an earlier master has served is reckoned with, and none is promised before it has been heard", () => {
    leases = new SessionLeases(10)
    leases.inherit(7, grant, true, 1)
    expect([leases.cacheUntil(7), leases.mayCache(7)]).toEqual([1 + 5_050, false])
    leases.letCache(7)
    expect(leases.mayCache(7)).toBe(true)
  })
})

describe("sessions that may cache", () => {
  test("are counted for as long as they live", () => {
    leases.create(8, grant, false, 1)
    leases.create(9, grant, true, 1)
    expect(leases.cachingCount).toBe(2)
    leases.remove(9)
    leases.remove(9)
    leases.remove(8)
    expect(leases.cachingCount).toBe(1)
  })
})

describe("the end of a session", () => {
  test("forgets it, and gives its parked KeepAlive back", () => {
    keepAlive(100, 50)
    expect(leases.remove(7)).toBe(100)
    expect(leases.remove(7)).toBeUndefined()
    expect(due(1_000_000)).toEqual({ tickets: [], expired: [] })
    leases.grant(7, grant, 60)
    expect(leases.keepAlive(7, 101, "nothing", 60)).toBeUndefined()
  })
})

describe("the end of a mastership", () => {
  test("finds the tickets of all parked KeepAlives", () => {
    leases.create(8, grant, true, 1)
    keepAlive(100, 50)
    keepAlive(200, 50, { sessionId: 8 })
    expect(leases.parkedTickets()).toEqual([100, 200])
  })
})
