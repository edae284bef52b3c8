import { describe, expect, test } from "vitest"
import { errorTable, refuse, type ErrorCode } from "../../../../src/contract/errors.ts"
import { judge } from "../../../../src/client/core/call-policy.ts"

const now = { epoch: 3, newestEpoch: 3, postponedCount: 0, isMasterElsewhere: false }

function codesJudged(kind: string, circumstances = now): string[] {
  const codes = Object.keys(errorTable) as ErrorCode[]
  return codes.filter((code) => judge(refuse(code, ""), circumstances).kind === kind).sort()
}

function pauseAfter(code: ErrorCode, postponedCount: number): number | undefined {
  const verdict = judge(refuse(code, ""), { ...now, postponedCount })
  return verdict.kind === "askAgain" ? verdict.pauseMs : undefined
}

describe("the policy on outcomes", () => {
  test("hands every answer to its caller", () => {
    expect(judge({ kind: "closeSession" }, now)).toEqual({ kind: "settle" })
  })

  test("seeks another replica when this one can't be the master", () => {
    expect(codesJudged("seekMaster", { ...now, epoch: 0 })).toEqual(expect.arrayContaining(["NOT_MASTER", "NO_QUORUM"]))
  })

  test("asks the same replica again when it will serve soon", () => {
    expect(codesJudged("askAgain")).toEqual(["EPOCH_STALE", "FAIL_OVER_IN_PROGRESS", "NO_QUORUM", "OVERLOADED"])
  })

  test("stays for a moment with a master that has lost its quorum, and does not with a follower or a deposed one", () => {
    const judged = (changes: Partial<typeof now>): unknown => {
      const verdict = judge(refuse("NO_QUORUM", ""), { ...now, ...changes })
      return verdict.kind === "askAgain" ? verdict.pauseMs : verdict.kind
    }
    const pauses = [0, 1, 2, 3, 4, 5].map((postponedCount) => judged({ postponedCount }))
    expect(pauses).toEqual([20, 40, 80, 160, 160, "seekMaster"])
    for (const changes of [{ epoch: 0 }, { newestEpoch: 4 }, { isMasterElsewhere: true }]) {
      expect(judged(changes)).toBe("seekMaster")
    }
  })

  test("asks again at once when only the call was behind, and elsewhere when the replica is", () => {
    expect(pauseAfter("EPOCH_STALE", 0)).toBe(0)
    expect(codesJudged("seekMaster", { ...now, newestEpoch: 4 })).toContain("EPOCH_STALE")
  })

  test("does not wait for ever for a replica that is always about to serve", () => {
    expect(codesJudged("seekMaster", { ...now, postponedCount: 8 })).toContain("FAIL_OVER_IN_PROGRESS")
  })

  test("does not wait at all for a replica that knows of no master while another one does", () => {
    expect(codesJudged("seekMaster", { ...now, isMasterElsewhere: true })).toContain("FAIL_OVER_IN_PROGRESS")
  })

  test("retries nothing that the error table calls final", () => {
    const retried = [...codesJudged("seekMaster"), ...codesJudged("askAgain")] as ErrorCode[]
    expect(retried.filter((code) => errorTable[code].retry === "never")).toEqual([])
  })

  test("waits longer each time before it asks again, within bounds", () => {
    expect([0, 1, 2, 3, 4].map((count) => pauseAfter("FAIL_OVER_IN_PROGRESS", count))).toEqual([10, 20, 40, 80, 80])
    expect(pauseAfter("OVERLOADED", 50)).toBe(2_000)
  })

  test("asks again no sooner than the master has said, and within bounds", () => {
    const pauseFor = (retryAfterMs: number): unknown =>
      judge({ ...refuse("OVERLOADED", "too many calls"), retryAfterMs }, now)
    expect(pauseFor(700)).toMatchObject({ kind: "askAgain", pauseMs: 700 })
    expect(pauseFor(1)).toMatchObject({ kind: "askAgain", pauseMs: 50 })
    expect(pauseFor(3_600_000)).toMatchObject({ kind: "askAgain", pauseMs: 10_000 })
  })
})
