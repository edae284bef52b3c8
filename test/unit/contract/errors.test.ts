import { readFileSync } from "node:fs"
import { describe, expect, test } from "vitest"
import { errorTable, isRetryable, refuse } from "../../../src/contract/errors.ts"

const page = readFileSync(new URL("../../../docs/ERRORS.md", import.meta.url), "utf8")

/** The page's table, without its head. */
const rows = page
  .split("\n")
  .filter((line) => line.startsWith("| `"))
  .map((line) =>
    line
      .slice(1, -1)
      .split("|")
      .map((cell) => cell.trim()),
  )

describe("docs/ERRORS.md", () => {
  test("says of every code what the table says, in the same order", () => {
    const expected = Object.entries(errorTable).map(([code, { grpc, http, retry, advice }]) => [
      `\`${code}\``,
      grpc,
      String(http),
      { same: "same call", otherEpoch: "other epoch", never: "never" }[retry],
      advice.replaceAll("<", "&lt;"),
    ])
    expect(rows).toEqual(expected)
  })
})

describe("the error table", () => {
  const entries = Object.entries(errorTable)

  test("has a sentence of advice for everyone", () => {
    for (const [code, { advice }] of entries) expect(advice, code).toMatch(/^[A-Z].*\.$/)
  })

  test("calls UNAVAILABLE what may be sent again, as gRPC does", () => {
    for (const [code, { grpc, retry }] of entries) {
      if (grpc === "UNAVAILABLE") expect(retry, code).toBe("same")
      if (grpc === "FAILED_PRECONDITION" || grpc === "ABORTED") expect(retry, code).not.toBe("same")
    }
  })

  test("uses HTTP statuses of errors only", () => {
    for (const [code, { http }] of entries) {
      expect(http, code).toBeGreaterThanOrEqual(400)
      expect(http, code).toBeLessThan(600)
    }
  })
})

test("a refusal carries its code and its sentence", () => {
  expect(refuse("NODE_NOT_FOUND", "It is gone.")).toEqual({
    kind: "refused",
    code: "NODE_NOT_FOUND",
    detail: "It is gone.",
  })
  expect(isRetryable("NOT_MASTER")).toBe(true)
  expect(isRetryable("NODE_NOT_FOUND")).toBe(false)
})
