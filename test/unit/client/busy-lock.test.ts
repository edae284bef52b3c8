import { describe, expect, test } from "vitest"
import type { LockDelay, LockParty } from "../../../src/contract/requests.ts"
import { busyLock } from "../../../src/client/busy-lock.ts"

function party(clientName: string, forMs = 0): LockParty {
  const who = { sessionId: 1, clientName, principal: "anonymous", host: "", processId: 0 }
  return { ...who, mode: "shared", since: 1, forMs }
}

const delay: LockDelay = {
  lockDelayMs: 60_000,
  remainingMs: 22_400,
  sessionId: 1,
  clientName: "alice",
  reason: "its lease ran out",
}

function reasonOf(holders: readonly LockParty[], waitersBefore: number, barred?: LockDelay): string {
  return busyLock("/ls/local/job", { holders, waitersBefore, delay: barred }).reason
}

describe("why a lock is not free", () => {
  test("is its holder, since when, and who waits in front", () => {
    expect(reasonOf([party("alice")], 0)).toBe("held by alice")
    expect(reasonOf([party("alice", 12_900)], 1)).toBe("held by alice for 12 s, 1 waits before you")
    expect(reasonOf([party("alice", 600_000), party("bob")], 3)).toBe(
      "held by alice and 1 more for 10 min, 3 wait before you",
    )
  })

  test("is the lock-delay of a lost holder, whoever else is there", () => {
    expect(reasonOf([], 0, delay)).toBe("lock-delay, 23 s left: alice was lost (its lease ran out)")
  })

  test("may be gone by now", () => {
    expect(reasonOf([], 0)).toBe("held by nobody just now")
  })
})
