/** The bounds of one stream's calls, counted by how long they may take. */
import { expect, test } from "vitest"
import { limits } from "../../../../src/contract/limits.ts"
import type { OperationKind } from "../../../../src/contract/requests.ts"
import { StreamLoad } from "../../../../src/server/connect/stream-load.ts"

function fill(load: StreamLoad, kind: OperationKind): number {
  let entered = 0
  while (load.enter(kind) === undefined) entered += 1
  return entered
}

test("KeepAlives, Acquires and other calls don't take each other's room", () => {
  const load = new StreamLoad()
  expect(fill(load, "keepAlive")).toBe(limits.parkedCallsPerStreamMax)
  expect(fill(load, "acquire")).toBe(limits.parkedCallsPerStreamMax)
  expect(fill(load, "getStat")).toBe(limits.outstandingRequestsMax)
})

test("what frees others has room left where everything else is refused", () => {
  const load = new StreamLoad()
  fill(load, "setContents")
  expect(load.enter("setContents")).toMatchObject({ code: "OVERLOADED" })
  expect(fill(load, "release")).toBe(limits.operationsPerMessageMax)
})

test("a call that has left makes room for another", () => {
  const load = new StreamLoad()
  fill(load, "getStat")
  load.leave("getStat")
  expect(load.enter("readDir")).toBeUndefined()
  expect(load.enter("readDir")).toMatchObject({ code: "OVERLOADED" })
})
