import { describe, expect, test } from "vitest"
import { commands } from "../../../src/cli/commands.ts"
import { exitCodeMeanings, exitCodes } from "../../../src/cli/exit-codes.ts"
import { helpFor, overview } from "../../../src/cli/help.ts"

describe("help", () => {
  test("lists every command with what it does", () => {
    for (const { name, summary } of commands) expect(overview()).toMatch(new RegExp(`^  ${name} +${summary}$`, "m"))
  })

  test.each(commands.map((spec) => [spec.name, spec] as const))(
    "on %s tells all its options and gives an example",
    (_, spec) => {
      const text = helpFor(spec)
      for (const { name } of spec.options) expect(text).toContain(`--${name}`)
      expect(spec.examples.length).toBeGreaterThan(0)
      for (const example of spec.examples) expect(example).toMatch(new RegExp(`^claviger ${spec.name}\\b`))
    },
  )

  test("tells every exit code, each distinct and away from those of shells and signals", () => {
    expect(exitCodeMeanings.map(([name]) => name)).toEqual(Object.keys(exitCodes))
    const codes = Object.values(exitCodes)
    expect(new Set(codes).size).toBe(codes.length)
    for (const code of codes.filter((each) => each !== 0)) {
      expect(code).toBeGreaterThan(2)
      expect(code).toBeLessThan(126)
    }
  })

  test("fits into a terminal of 120 columns", () => {
    for (const spec of commands) {
      for (const line of helpFor(spec).split("\n")) expect(line.length).toBeLessThanOrEqual(120)
    }
  })
})
