import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { decode, encode, bytes as bytesCodec, keptBytes } from "../../../src/base/codec.ts"
import { bytesOf, keep } from "../../../src/base/kept-bytes.ts"

const ascii = fc.array(fc.nat(0x7f), { maxLength: 300 }).map((units) => Uint8Array.from(units))
const contents = fc.oneof(ascii, fc.uint8Array(), fc.uint8Array({ minLength: 1000, maxLength: 1050, size: "max" }))

describe("bytes that are kept", () => {
  test("come back as they were, whatever becomes of those that were handed in", () => {
    fc.assert(
      fc.property(contents, (bytes) => {
        const before = bytes.slice()
        const kept = keep(bytes)
        bytes.fill(7)
        expect(kept).toHaveLength(before.length)
        expect(bytesOf(kept)).toEqual(before)
      }),
    )
  })

  test("are written like any others", () => {
    fc.assert(
      fc.property(contents, (bytes) => {
        const written = encode(keptBytes, keep(bytes))
        expect(written).toEqual(encode(bytesCodec, bytes))
        expect(decode(keptBytes, written)).toEqual(keep(bytes))
      }),
    )
  })
})
