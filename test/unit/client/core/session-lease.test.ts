import { describe, expect, test } from "vitest"
import { never } from "../../../../src/base/instant.ts"
import { SessionLease } from "../../../../src/client/core/session-lease.ts"

const terms = { driftPerMille: 10, gracePeriodMs: 45_000 }

function openedAt(sentAt: number): SessionLease {
  return new SessionLease(terms, { sentAt, parkedMs: 0, sessionLeaseMs: 12_000 })
}

describe("a session lease, as its holder counts it,", () => {
  test("runs from when the request was sent and is shortened by the drift bound", () => {
    expect(openedAt(1_000).validUntil).toBe(1_000 + 11_880)
  })

  test("is extended by what the master says it held the call for, shortened as well", () => {
    const sessionLease = openedAt(1_000)
    sessionLease.extend({ sentAt: 1_100, parkedMs: 6_000, sessionLeaseMs: 12_000 }, 7_200)
    expect(sessionLease.validUntil).toBe(1_100 + 17_820)
  })

  test("never gets shorter when answers overtake each other", () => {
    const sessionLease = openedAt(1_000)
    sessionLease.extend({ sentAt: 5_000, parkedMs: 0, sessionLeaseMs: 12_000 }, 5_100)
    sessionLease.extend({ sentAt: 2_000, parkedMs: 0, sessionLeaseMs: 12_000 }, 5_200)
    expect(sessionLease.validUntil).toBe(5_000 + 11_880)
  })

  test("is over at the instant of its end, not after it", () => {
    const sessionLease = openedAt(1_000)
    expect(sessionLease.tick(sessionLease.validUntil - 1)).toBeUndefined()
    expect(sessionLease.tick(sessionLease.validUntil)).toBe("jeopardy")
  })

  test("reports every change of standing once", () => {
    const sessionLease = openedAt(1_000)
    expect(sessionLease.tick(13_000)).toBe("jeopardy")
    expect(sessionLease.tick(13_001)).toBeUndefined()
    expect(sessionLease.extend({ sentAt: 12_900, parkedMs: 0, sessionLeaseMs: 12_000 }, 13_100)).toBe("safe")
  })

  test("stays in jeopardy when the answer that arrives is too old to help", () => {
    const sessionLease = openedAt(1_000)
    sessionLease.tick(13_000)
    expect(sessionLease.extend({ sentAt: 1_100, parkedMs: 0, sessionLeaseMs: 12_000 }, 13_100)).toBeUndefined()
    expect(sessionLease.standing).toBe("jeopardy")
  })

  test("gets no worse by an answer that was heard late, for the next may lie waiting", () => {
    const sessionLease = openedAt(1_000)
    const late = 20_000
    expect(sessionLease.extend({ sentAt: 2_000, parkedMs: 6_000, sessionLeaseMs: 12_000 }, late)).toBeUndefined()
    expect(sessionLease.standing).toBe("safe")
    expect(sessionLease.extend({ sentAt: 9_000, parkedMs: 6_000, sessionLeaseMs: 12_000 }, late)).toBeUndefined()
    expect(sessionLease.tick(late)).toBeUndefined()
  })

  test("expires when the grace period has passed in silence, and no answer revives it", () => {
    const sessionLease = openedAt(1_000)
    expect(sessionLease.tick(sessionLease.graceEndsAt)).toBe("expired")
    const late = sessionLease.graceEndsAt + 1
    expect(sessionLease.extend({ sentAt: late, parkedMs: 0, sessionLeaseMs: 12_000 }, late)).toBeUndefined()
    expect(sessionLease.standing).toBe("expired")
  })

  test("goes from safe to expired at once when the clock was not looked at in between", () => {
    expect(openedAt(1_000).tick(1_000_000)).toBe("expired")
  })

  test("wants to be looked at when its standing changes next", () => {
    const sessionLease = openedAt(1_000)
    expect(sessionLease.wakeAt).toBe(12_880)
    sessionLease.tick(12_880)
    expect(sessionLease.wakeAt).toBe(12_880 + 45_000)
    sessionLease.expire()
    expect(sessionLease.wakeAt).toBe(never)
  })
})
