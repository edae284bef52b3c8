import { describe, expect, test } from "vitest"
import { MalformedBytesError } from "../../../src/base/bytes.ts"
import { decode, encode } from "../../../src/base/codec.ts"
import { type ErrorCode, errorTable, refuse } from "../../../src/contract/errors.ts"
import type { NodeStat } from "../../../src/contract/requests.ts"
import { type StoredOutcome, outcomeCodec } from "../../../src/state-machine/outcome-codec.ts"

const stat: NodeStat = {
  path: "/ls/test/é",
  kind: "file",
  ephemeral: true,
  instance: 2 ** 40,
  contentGeneration: 3,
  lockGeneration: 4,
  aclGeneration: 1,
  checksum: "0123456789abcdef",
  size: 5,
  childCount: 0,
  commitIndex: 77,
  acl: { read: "anyone", write: "w", changeAcl: "administrators" },
}
const party = {
  sessionId: 8,
  clientName: "bob",
  principal: "bob@example.com",
  host: "h-1",
  processId: 4711,
  mode: "shared",
  since: 70,
  forMs: 0,
} as const
const delay = { lockDelayMs: 9, remainingMs: 0, sessionId: 7, clientName: "eve", reason: "its lease ran out" } as const

const outcomes: readonly StoredOutcome[] = [
  { kind: "createSession", sessionId: 1, sessionLeaseMs: 12_000 },
  { kind: "closeSession" },
  { kind: "open", handle: "h", created: true, stat },
  { kind: "close" },
  { kind: "setContents", stat: { ...stat, kind: "directory" } },
  { kind: "delete" },
  { kind: "acquire", handle: "h", lockGeneration: 4, stat },
  { kind: "tryAcquire", acquired: true, handle: "h", lockGeneration: 4, stat },
  { kind: "tryAcquire", acquired: false, holders: [party, { ...party, mode: "exclusive" }], waiterCount: 3, delay },
  { kind: "tryAcquire", acquired: false, holders: [], waiterCount: 0, delay: undefined },
  { kind: "cancelAcquire", cancelled: true },
  { kind: "setAcl", stat },
  { kind: "transact", guardsHeld: false, answers: [] },
  {
    kind: "transact",
    guardsHeld: true,
    answers: [
      { kind: "open", handle: "h", created: false, stat },
      { kind: "setContents", stat },
      { kind: "delete" },
      { kind: "setAcl", stat },
      { kind: "getStat", stat },
      { kind: "getContentsAndStat", contents: Uint8Array.of(1, 2), stat },
    ],
  },
  { kind: "release", released: false },
  ...(Object.keys(errorTable) as ErrorCode[]).map((code) => refuse(code, `A sentence about ${code}.`)),
]

describe("a stored outcome", () => {
  test.each(outcomes)("of kind $kind is read as it was written, and not when it was cut off", (outcome) => {
    const bytes = encode(outcomeCodec, outcome)
    expect(decode(outcomeCodec, bytes)).toEqual(outcome)
    for (let length = 0; length < bytes.length; length += 1) {
      expect(() => decode(outcomeCodec, bytes.subarray(0, length))).toThrow(MalformedBytesError)
    }
  })

  test("with a code that this edition doesn't know is refused", () => {
    const bytes = encode(outcomeCodec, refuse("toString" as ErrorCode, ""))
    expect(() => decode(outcomeCodec, bytes)).toThrow(MalformedBytesError)
  })
})
