import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { AssertionError } from "../../../src/base/assert.ts"
import { ByteReader, ByteWriter, MalformedBytesError, equalBytes, utf8, utf8Length } from "../../../src/base/bytes.ts"

const counter = fc.oneof(fc.nat(300), fc.maxSafeNat())

function written(write: (writer: ByteWriter) => void): Uint8Array {
  const writer = new ByteWriter(1)
  write(writer)
  return writer.finish()
}

describe("a varint", () => {
  test("comes back as it went in", () => {
    fc.assert(
      fc.property(counter, (value) => {
        const bytes = written((writer) => writer.varint(value))
        const reader = new ByteReader(bytes)
        expect(reader.varint()).toBe(value)
        reader.end()
      }),
    )
  })

  test.each([
    [0, 1],
    [127, 1],
    [128, 2],
    [2 ** 31 - 1, 5],
    [2 ** 31, 5],
    [2 ** 35, 6],
    [Number.MAX_SAFE_INTEGER, 8],
  ])("of %d takes %d bytes", (value, length) => {
    const bytes = written((writer) => writer.varint(value))
    expect(bytes).toHaveLength(length)
    expect(new ByteReader(bytes).varint()).toBe(value)
  })

  test("is not written for what is no counter", () => {
    for (const value of [-1, 0.5, 2 ** 53, Number.NaN]) {
      expect(() => written((writer) => writer.varint(value))).toThrow(AssertionError)
    }
  })

  test("has one spelling: a longer one is refused", () => {
    expect(() => new ByteReader(Uint8Array.of(0x81, 0x00)).varint()).toThrow(MalformedBytesError)
  })

  test("beyond 2^53 - 1 is refused", () => {
    const tooLarge = Uint8Array.of(0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10)
    expect(() => new ByteReader(tooLarge).varint()).toThrow(MalformedBytesError)
  })

  test("that does not end is refused", () => {
    expect(() => new ByteReader(new Uint8Array(9).fill(0xff)).varint()).toThrow(MalformedBytesError)
    expect(() => new ByteReader(Uint8Array.of(0x80)).varint()).toThrow(MalformedBytesError)
  })
})

describe("a sequence of values", () => {
  test("comes back in order, and leaves nothing over", () => {
    const texts = fc.string({ unit: "grapheme", maxLength: 100 })
    fc.assert(
      fc.property(texts, fc.uint8Array(), fc.nat(0xffff_ffff), counter, (text, bytes, word, value) => {
        const buffer = written((writer) => {
          writer.text(text)
          writer.bytes(bytes)
          writer.uint32(word)
          writer.varint(value)
        })
        const reader = new ByteReader(buffer)
        expect(reader.text()).toBe(text)
        expect(equalBytes(reader.bytes(), bytes)).toBe(true)
        expect(reader.uint32()).toBe(word)
        expect(reader.varint()).toBe(value)
        reader.end()
      }),
    )
  })

  test("that was cut off is refused, wherever the cut", () => {
    const buffer = written((writer) => {
      writer.text("naïve")
      writer.uint32(7)
      writer.bytes(Uint8Array.of(1, 2, 3))
    })
    for (let length = 0; length < buffer.length; length += 1) {
      const reader = new ByteReader(buffer.subarray(0, length))
      expect(() => {
        reader.text()
        reader.uint32()
        reader.bytes()
      }).toThrow(MalformedBytesError)
    }
  })

  test("with bytes left over is refused when it should end", () => {
    expect(() => new ByteReader(Uint8Array.of(1)).end()).toThrow(MalformedBytesError)
  })

  test("is finished as a copy: what is written later does not change it", () => {
    const writer = new ByteWriter()
    writer.byte(1)
    const first = writer.finish()
    writer.byte(2)
    expect(first).toEqual(Uint8Array.of(1))
    expect(writer.length).toBe(2)
  })
})

describe("text", () => {
  test.each(["", "a".repeat(63), "a".repeat(64), "a".repeat(200), "é".repeat(31), "é".repeat(63), "x\u{1F511}y"])(
    "%j is stored as its length and its UTF-8",
    (text) => {
      const encoded = utf8(text)
      const expected = written((writer) => writer.bytes(encoded))
      expect(written((writer) => writer.text(text))).toEqual(expected)
    },
  )

  test("that is not UTF-8 is refused", () => {
    expect(() => new ByteReader(Uint8Array.of(2, 0xc3, 0x28)).text()).toThrow(MalformedBytesError)
    // Half a surrogate pair, in the bytes of CESU-8.
    expect(() => new ByteReader(Uint8Array.of(3, 0xed, 0xa0, 0x80)).text()).toThrow(MalformedBytesError)
  })

  test("keeps a byte order mark: two names that differ stay two names", () => {
    const buffer = written((writer) => writer.text("\u{feff}a"))
    expect(new ByteReader(buffer).text()).toBe("\u{feff}a")
  })

  test("has the length that its UTF-8 has", () => {
    fc.assert(fc.property(fc.string({ unit: "grapheme" }), (text) => utf8Length(text) === utf8(text).length))
    expect(utf8Length("aé€\u{1F511}")).toBe(1 + 2 + 3 + 4)
  })
})

test("bytes are equal when each of them is", () => {
  expect(equalBytes(Uint8Array.of(1, 2), Uint8Array.of(1, 2))).toBe(true)
  expect(equalBytes(Uint8Array.of(1, 2), Uint8Array.of(1, 3))).toBe(false)
  expect(equalBytes(Uint8Array.of(1, 2), Uint8Array.of(1))).toBe(false)
})
