/** A few thousand forgeries; `npm run forge` tries as many as one likes. */
import { describe, expect, test } from "vitest"
import type { VerifySignature } from "../../../src/fence/signatures.ts"
import { tryForgeries } from "../../fuzz/try-forgeries.ts"

describe("of many random and tampered sequencers", () => {
  test("none is taken for genuine, no genuine one is refused, and none gets past a fence out of turn", async () => {
    const { findings, tally, admittedCount } = await tryForgeries({ seed: 1, count: 5_000 })
    expect(findings).toEqual([])
    expect(tally.size).toBe(26)
    expect(admittedCount).toBeGreaterThan(10)
    const reasons = new Set([...tally.values()].flatMap((counts) => [...counts.keys()]))
    expect([...reasons].sort()).toEqual([
      ...["badSignature", "genuine", "malformed", "missing", "otherAlgorithm", "otherCell", "tooLong", "unknownKey"],
    ])
  })

  test("some are taken for genuine if signatures are not verified, so the check can fail", async () => {
    const { findings } = await tryForgeries({ seed: 1, count: 1_000, verifySignature: () => true })
    expect(findings.some((finding) => finding.includes("taken for genuine"))).toBe(true)
    expect(findings.some((finding) => finding.includes("the fence let it in"))).toBe(true)
  })

  test("genuine ones are missed if nothing is found genuine", async () => {
    const verifySignature: VerifySignature = () => false
    const { findings } = await tryForgeries({ seed: 1, count: 1_000, verifySignature })
    expect(findings.some((finding) => finding.includes("the cell has signed it, and it was refused"))).toBe(true)
  })
})
