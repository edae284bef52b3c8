import fc from "fast-check"
import { expect, test } from "vitest"
import { passingBytes } from "../../../src/base/passing-bytes.ts"

test("bytes that are let go soon share memory and never overlap, however long they are", () => {
  const length = fc.oneof(fc.nat(100), fc.nat(20_000))
  fc.assert(
    fc.property(fc.array(length, { maxLength: 40 }), (lengths) => {
      const pieces = lengths.map((length) => passingBytes(length))
      for (const [index, piece] of pieces.entries()) {
        expect(piece.every((byte) => byte === 0)).toBe(true)
        piece.fill(index + 1)
      }
      for (const [index, piece] of pieces.entries()) {
        expect(piece).toHaveLength(lengths[index] as number)
        expect(piece.every((byte) => byte === index + 1)).toBe(true)
      }
    }),
  )
  expect(passingBytes(10).buffer).toBe(passingBytes(10).buffer)
})
