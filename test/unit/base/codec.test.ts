import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { AssertionError } from "../../../src/base/assert.ts"
import { MalformedBytesError } from "../../../src/base/bytes.ts"
import {
  type Codec,
  bool,
  bytes,
  decode,
  encode,
  encodeInPassing,
  list,
  lookAtEncoded,
  maybe,
} from "../../../src/base/codec.ts"
import { shape, text, uint, union, word } from "../../../src/base/codec.ts"

type Figure =
  | { readonly kind: "circle"; readonly radius: number; readonly name?: string | undefined }
  | { readonly kind: "path"; readonly points: readonly { readonly x: number; readonly isCorner: boolean }[] }
  | { readonly kind: "nothing" }

const point = shape<{ readonly x: number; readonly isCorner: boolean }>({ x: uint, isCorner: bool })
const circle = shape<{ readonly radius: number; readonly name?: string | undefined }>({
  radius: uint,
  name: maybe(text),
})
const figure: Codec<Figure> = union<Figure>({
  circle: { tag: 0, codec: circle },
  path: { tag: 3, codec: shape({ points: list(point) }) },
  nothing: { tag: 1, codec: shape({}) },
})

const figures: fc.Arbitrary<Figure> = fc.oneof(
  fc.record({ kind: fc.constant("circle" as const), radius: fc.maxSafeNat() }),
  fc.record({ kind: fc.constant("circle" as const), radius: fc.nat(), name: fc.string({ unit: "grapheme" }) }),
  fc.record({
    kind: fc.constant("path" as const),
    points: fc.array(fc.record({ x: fc.nat(), isCorner: fc.boolean() })),
  }),
  fc.constant({ kind: "nothing" as const }),
)

describe("a codec", () => {
  test("writes the same for a while, and for a look, as for good", () => {
    fc.assert(
      fc.property(figures, (value) => {
        const lasting = encode(figure, value)
        expect(encodeInPassing(figure, value)).toEqual(lasting)
        lookAtEncoded(figure, value, (seen) => {
          expect(seen).toEqual(lasting)
          return seen.length
        })
      }),
    )
  })

  test("reads what it has written", () => {
    fc.assert(
      fc.property(figures, (value) => {
        expect(decode(figure, encode(figure, value))).toEqual(value)
      }),
    )
  })

  test("refuses what was cut off, wherever the cut", () => {
    fc.assert(
      fc.property(figures, fc.nat(), (value, cut) => {
        const buffer = encode(figure, value)
        expect(() => decode(figure, buffer.subarray(0, cut % buffer.length))).toThrow(MalformedBytesError)
      }),
    )
  })

  test("refuses bytes left over", () => {
    const buffer = Uint8Array.of(...encode(figure, { kind: "nothing" }), 0)
    expect(() => decode(figure, buffer)).toThrow(MalformedBytesError)
  })

  test("gives each value one spelling: what it reads from garbage, it would have written", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 12 }), (garbage) => {
        let value: Figure
        try {
          value = decode(figure, garbage)
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedBytesError)
          return
        }
        expect(encode(figure, value)).toEqual(garbage)
      }),
      { numRuns: 1000 },
    )
  })

  test("leaves a missing field out", () => {
    const read = decode(circle, encode(circle, { radius: 1, name: undefined }))
    expect(Object.keys(read)).toEqual(["radius"])
  })
})

describe("a union", () => {
  test("refuses a tag that names no case", () => {
    expect(() => decode(figure, Uint8Array.of(2))).toThrow(MalformedBytesError)
    expect(() => decode(figure, Uint8Array.of(255))).toThrow(MalformedBytesError)
  })

  test("whose cases share a tag is a broken invariant", () => {
    type Either = { readonly kind: "left" } | { readonly kind: "right" }
    const twice = { left: { tag: 0, codec: shape({}) }, right: { tag: 0, codec: shape({}) } }
    expect(() => union<Either>(twice)).toThrow(AssertionError)
  })
})

test("a word outside the list is refused when read and a broken invariant when written", () => {
  const colour = word<"red" | "blue">(["red", "blue"])
  expect(decode(colour, encode(colour, "blue"))).toBe("blue")
  expect(() => decode(colour, Uint8Array.of(2))).toThrow(MalformedBytesError)
  expect(() => encode(colour, "green" as "red")).toThrow(AssertionError)
})

test("a list that claims more elements than there are bytes is refused before it is made", () => {
  expect(() => decode(list(uint), Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x0f))).toThrow(MalformedBytesError)
})

test("a truth value is zero or one", () => {
  expect(decode(bool, Uint8Array.of(1))).toBe(true)
  expect(() => decode(bool, Uint8Array.of(2))).toThrow(MalformedBytesError)
})

test("a byte string is read as a view: whoever keeps it copies it", () => {
  const buffer = encode(bytes, Uint8Array.of(1, 2))
  expect(decode(bytes, buffer).buffer).toBe(buffer.buffer)
})
