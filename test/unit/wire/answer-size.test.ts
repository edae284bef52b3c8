/** Answers that no message could carry are cut or refused before they are sent. */
import { describe, expect, test } from "vitest"
import { fitAnswer } from "../../../src/wire/answer-size.ts"
import { lockService } from "../../../src/wire/load.ts"
import { messageBounds } from "../../../src/wire/message-bounds.ts"
import type { SignedOutcome } from "../../../src/wire/signed-forms.ts"
import { resultToWire } from "../../../src/wire/to-wire.ts"
import { fileStat } from "./samples.ts"

const place = { epoch: 3, commitIndex: 9, cachable: true }

function listingOf(count: number, nameLength: number): SignedOutcome {
  const entries = Array.from({ length: count }, (_, index) => {
    const name = String(index).padStart(nameLength, "0")
    return { name, stat: { ...fileStat, path: `/ls/test/d/${name}` } }
  })
  return { kind: "readDir", entries, more: false, stat: { ...fileStat, path: "/ls/test/d", kind: "directory" } }
}

function bytesOnWire(reply: Parameters<typeof resultToWire>[1]): number {
  return lockService.Connect.responseSerialize({ results: [resultToWire(1, reply)] }).length
}

describe("an answer", () => {
  test("that fits is sent as it is", () => {
    const reply = { ...place, outcome: listingOf(100, 20) }
    expect(fitAnswer(reply).reply).toBe(reply)
  })

  test("that lists too much is cut to a shorter page, which is not kept as the whole listing", () => {
    const { reply } = fitAnswer({ ...place, outcome: listingOf(10_000, 900) })
    if (reply.outcome.kind !== "readDir") throw new Error("a listing stays one")
    expect(reply.outcome.more).toBe(true)
    expect(reply.cachable).toBe(false)
    expect(reply.outcome.entries.length).toBeGreaterThan(3_000)
    expect(bytesOnWire(reply)).toBeLessThan(messageBounds.responseBytesMax)
    expect(bytesOnWire(reply)).toBeGreaterThan(messageBounds.responseBytesMax * 0.9)
  })

  test("that can't be cut is refused, since it may have been done as one whose outcome is unknown", () => {
    const contents = new Uint8Array(256 * 1024)
    const answers = Array.from(
      { length: 20 },
      () => ({ kind: "getContentsAndStat", contents, stat: fileStat }) as const,
    )
    const { reply } = fitAnswer({ ...place, outcome: { kind: "transact", guardsHeld: true, answers } })
    expect(reply).toMatchObject({ cachable: false, outcome: { code: "QUOTA_EXCEEDED", unknownOutcome: true } })
  })
})
