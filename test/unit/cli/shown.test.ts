import { expect, test } from "vitest"
import { clientNameShown, processShown, secondsShown } from "../../../src/cli/shown.ts"

test("a client that was given no name is not taken for a caller without a certificate", () => {
  expect(clientNameShown("anonymous")).toBe("(unnamed)")
  expect(clientNameShown("alice@host:17")).toBe("alice@host:17")
})

test("a process that is not known leaves its column empty", () => {
  expect([processShown(0), processShown(17)]).toEqual(["", "17"])
})

test("a span is as many seconds as have passed in full", () => {
  expect(secondsShown(1_999)).toBe("1 s")
})
