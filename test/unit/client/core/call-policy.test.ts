import { describe, expect, test } from "vitest"
import { errorTable, refuse, type ErrorCode } from "../../../../src/contract/errors.ts"
import { judge, pauseBeforeAsking } from "../../../../src/client/core/call-policy.ts"

function codesJudged(kind: string): string[] {
  const codes = Object.keys(errorTable) as ErrorCode[]
  return codes.filter((code) => judge(refuse(code, "")).kind === kind).sort()
}

describe("the policy on outcomes", () => {
  test("hands every answer to its caller", () => {
    expect(judge({ kind: "closeSession" })).toEqual({ kind: "settle" })
  })

  test("seeks another replica when this one can't be the master", () => {
    expect(codesJudged("seekMaster")).toEqual(["EPOCH_STALE", "NOT_MASTER", "NO_QUORUM"].sort())
  })

  test("asks the same replica again when it will serve soon", () => {
    expect(codesJudged("askAgain")).toEqual(["FAIL_OVER_IN_PROGRESS", "OVERLOADED"])
  })

  test("retries nothing that the error table calls final", () => {
    const retried = [...codesJudged("seekMaster"), ...codesJudged("askAgain")] as ErrorCode[]
    expect(retried.filter((code) => errorTable[code].retry === "never")).toEqual([])
  })

  test("waits longer each time before it asks again, within bounds", () => {
    const pauses = [0, 1, 2, 3, 50].map((attempt) => pauseBeforeAsking("FAIL_OVER_IN_PROGRESS", attempt))
    expect(pauses).toEqual([15, 30, 60, 120, 200])
    expect(pauseBeforeAsking("OVERLOADED", 50)).toBe(2_000)
  })
})
