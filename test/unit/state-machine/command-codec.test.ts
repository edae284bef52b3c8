import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { MalformedBytesError } from "../../../src/base/bytes.ts"
import { decodeBatch, encodeBatch } from "../../../src/state-machine/command-codec.ts"
import { batches } from "./arbitraries.ts"

describe("a batch", () => {
  test("reads as what was written", () => {
    fc.assert(
      fc.property(batches, (commands) => {
        expect(decodeBatch(encodeBatch(commands, 7))).toEqual({ epoch: commands.length === 0 ? 0 : 7, commands })
      }),
    )
  })

  test("of no commands takes no bytes: it is the no-op that fills holes", () => {
    expect(encodeBatch([])).toHaveLength(0)
    expect(decodeBatch(new Uint8Array(0))).toEqual({ epoch: 0, commands: [] })
  })

  test("that was cut off is refused", () => {
    fc.assert(
      fc.property(batches, fc.nat(), (commands, cut) => {
        const bytes = encodeBatch(commands)
        if (bytes.length < 2) return
        expect(() => decodeBatch(bytes.subarray(0, 1 + (cut % (bytes.length - 1))))).toThrow(MalformedBytesError)
      }),
    )
  })

  test("of garbage is refused, or is what its commands would be written as", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (garbage) => {
        try {
          const { epoch, commands } = decodeBatch(Uint8Array.of(1, ...garbage))
          if (commands.length > 0) expect(encodeBatch(commands, epoch)).toEqual(Uint8Array.of(1, ...garbage))
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedBytesError)
        }
      }),
      { numRuns: 2000 },
    )
  })

  test("of another format is refused", () => {
    expect(() => decodeBatch(Uint8Array.of(2, 0))).toThrow(MalformedBytesError)
  })

  test("keeps its bytes: what is in logs must stay readable", () => {
    const node = { kind: "path", path: "/ls/local/a" } as const
    const bytes = encodeBatch([
      { kind: "beginReign", replicaId: 2, round: 300 },
      { kind: "expireSession", sessionId: 1, epoch: 4 },
      {
        kind: "call",
        sessionId: 1,
        requestNumber: 2,
        answeredThrough: 0,
        stillOpen: [],
        principal: "",
        underSequencer: undefined,
        operation: { kind: "setContents", node, contents: Uint8Array.of(7), ifContentGeneration: 3 },
      },
    ])
    expect(Buffer.from(bytes).toString("hex")).toBe(
      "0100030102ac020301040001020000000004000b2f6c732f6c6f63616c2f6101070103",
    )
  })
})
