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

test("a crashed cache delays a write for less time than a session lease lasts", () => {
  expect(limits.cacheLeaseMs).toBeLessThan(limits.sessionLeaseMsDefault)
})

test("the leases granted under load are ones that may be asked for", () => {
  expect(limits.sessionLeaseMsUnderLoadMax).toBeGreaterThan(limits.sessionLeaseMsDefault)
  expect(limits.sessionLeaseMsUnderLoadMax).toBeLessThanOrEqual(limits.sessionLeaseMsMax)
})

test("what a client resumes after a fail-over is no more than a session may have", () => {
  expect(limits.resumedKeysMax).toBeLessThanOrEqual(limits.cachedKeysPerSessionMax)
})

test("the calls listed as open are no more than the cell remembers", () => {
  expect(limits.stillOpenMax).toBeLessThanOrEqual(limits.outstandingRequestsMax)
})

test("a transaction holds the largest file, and fits into a message", () => {
  expect(limits.transactionBytesMax).toBeGreaterThanOrEqual(limits.contentsBytesMax)
  expect(limits.transactionBytesMax * 2).toBeLessThan(4 * 1024 * 1024)
})

test("no child of the root may take the whole cell", () => {
  expect(limits.subtreeNodesMax).toBeLessThan(limits.cellNodesMax)
  expect(limits.subtreeBytesMax).toBeLessThan(limits.cellBytesMax)
})

test("a session's memory holds more than the longest answer", () => {
  expect(limits.rememberedBytesMax).toBeGreaterThan(4 * limits.transactionBytesMax)
})
