import { describe, expect, test } from "vitest"
import { FencedWritesChecker } from "../../simulator/checkers/fenced-writes.ts"
import { Findings } from "../../simulator/findings.ts"

const path = "/ls/sim/locks/x"

function claims(tell: (checker: FencedWritesChecker) => void): readonly string[] {
  const findings = new Findings()
  tell(new FencedWritesChecker(findings))
  return findings.violations.map(({ claim }) => claim)
}

describe("the checker of fenced writes", () => {
  test("objects to a write of an earlier generation, and of an earlier instance whatever its generation", () => {
    expect(
      claims((checker) => {
        checker.accepted(1, { path, instance: 2, lockGeneration: 7 })
        checker.accepted(2, { path, instance: 2, lockGeneration: 6 })
        checker.accepted(3, { path, instance: 1, lockGeneration: 9 })
      }),
    ).toHaveLength(2)
  })

  test("has nothing against the same holder again, the next one, or that of another lock", () => {
    expect(
      claims((checker) => {
        checker.accepted(1, { path, instance: 2, lockGeneration: 7 })
        checker.accepted(2, { path, instance: 2, lockGeneration: 7 })
        checker.accepted(3, { path, instance: 3, lockGeneration: 1 })
        checker.accepted(4, { path: `${path}y`, instance: 1, lockGeneration: 1 })
      }),
    ).toEqual([])
  })

  test("objects when a holder is refused, and not when somebody else is", () => {
    expect(claims((checker) => checker.refused(1, path, "too late", true))).toHaveLength(1)
    expect(claims((checker) => checker.refused(1, path, "too late", false))).toEqual([])
  })
})
