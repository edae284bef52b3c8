import { describe, expect, test } from "vitest"
import { limits } from "../../../src/contract/limits.ts"
import type { OperationKind } from "../../../src/contract/requests.ts"
import { refuseOverload } from "../../../src/replica/load.ts"

const inOrderOfImportance: readonly (readonly OperationKind[])[] = [
  ["keepAlive", "resume", "unsubscribe"],
  ["closeSession", "release", "cancelAcquire"],
  ["setContents", "delete", "setAcl", "transact", "acquire", "tryAcquire", "close"],
  ["getContentsAndStat", "getStat", "readDir", "getLock", "getSequencer", "checkSequencer", "listSessions"],
  ["open", "createSession", "subscribe"],
]

function refused(kinds: readonly OperationKind[], pendingCommands: number, pendingBytes = 0): boolean {
  const answers = kinds.map((kind) => refuseOverload(kind, { pendingCommands, pendingBytes }) !== undefined)
  expect(new Set(answers).size).toBe(1)
  return answers[0] === true
}

describe("overload", () => {
  test.each([
    [0.4, 5],
    [0.5, 4],
    [0.8, 3],
    [1, 2],
    [1.9, 2],
    [2, 1],
    [50, 1],
  ])("at %d of what is taken in leaves the %d most important kinds", (share, served) => {
    const taken = inOrderOfImportance.filter((kinds) => !refused(kinds, share * limits.pendingCommandsMax))
    expect(taken).toEqual(inOrderOfImportance.slice(0, served))
  })

  test("is measured by bytes as well, but those hold nobody up who would set others free", () => {
    expect(refused(["setContents"], 1, limits.pendingBytesMax)).toBe(true)
    expect(refused(["release"], 1, 50 * limits.pendingBytesMax)).toBe(false)
  })

  test("is told with a time after which to ask again", () => {
    const refusal = refuseOverload("open", { pendingCommands: limits.pendingCommandsMax, pendingBytes: 0 })
    expect(refusal).toMatchObject({ code: "OVERLOADED", retryAfterMs: 500 })
  })
})
