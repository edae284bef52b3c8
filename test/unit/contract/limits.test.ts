import { expect, test } from "vitest"
import { limits } from "../../../src/contract/limits.ts"

test("every limit is a positive integer", () => {
  for (const [name, limit] of Object.entries(limits)) {
    expect(Number.isSafeInteger(limit) && (limit as number) > 0, name).toBe(true)
  }
})

test("the default session lease is one that may be asked for", () => {
  expect(limits.sessionLeaseMsDefault).toBeGreaterThanOrEqual(limits.sessionLeaseMsMin)
  expect(limits.sessionLeaseMsDefault).toBeLessThanOrEqual(limits.sessionLeaseMsMax)
})

test("a client waits in jeopardy longer than one default lease", () => {
  expect(limits.gracePeriodMs).toBeGreaterThan(limits.sessionLeaseMsDefault)
})

test("the longest name fits into the longest path", () => {
  expect(limits.nameBytesMax).toBeLessThan(limits.pathBytesMax)
  expect(limits.pathDepthMax * 2).toBeLessThan(limits.pathBytesMax)
})

test("one message can't use up all the calls that a session may have open", () => {
  expect(limits.operationsPerMessageMax).toBeLessThan(limits.outstandingRequestsMax)
})

test("the largest file fits into a gRPC message of the customary 4 MiB, with room", () => {
  expect(limits.contentsBytesMax * 4).toBeLessThan(4 * 1024 * 1024)
})
