import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { addFingerprints, crc32c, crc32cOfAscii, fingerprint } from "../../../src/base/checksum.ts"
import { fingerprintModulus, subtractFingerprints } from "../../../src/base/checksum.ts"
import { utf8 } from "../../../src/base/bytes.ts"

describe("crc32c", () => {
  // RFC 3720, appendix B.4, and the customary check value.
  test.each([
    ["the digits 1 to 9", utf8("123456789"), 0xe3069283],
    ["32 zeros", new Uint8Array(32), 0x8a9136aa],
    ["32 ones", new Uint8Array(32).fill(0xff), 0x62a8ab43],
    ["0 to 31", Uint8Array.from({ length: 32 }, (_, at) => at), 0x46dd794e],
    ["31 to 0", Uint8Array.from({ length: 32 }, (_, at) => 31 - at), 0x113fdb5c],
    ["nothing", new Uint8Array(0), 0],
  ])("of %s is as published", (_, bytes, expected) => {
    expect(crc32c(bytes)).toBe(expected)
  })

  test("over several pieces equals that over the whole", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), fc.nat(64), (bytes, cut) => {
        expect(crc32c(bytes.subarray(cut), crc32c(bytes.subarray(0, cut)))).toBe(crc32c(bytes))
      }),
    )
  })

  test("of a text of ASCII is that of its bytes", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary-ascii" }), fc.nat(0xffff_ffff), (text, seed) => {
        expect(crc32cOfAscii(text, seed)).toBe(crc32c(utf8(text), seed))
      }),
    )
  })

  test("sees every flipped bit", () => {
    const bytes = Uint8Array.from({ length: 40 }, (_, at) => at * 7)
    const before = crc32c(bytes)
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const damaged = bytes.slice()
      damaged[bit >> 3] = (damaged[bit >> 3] as number) ^ (1 << (bit & 7))
      expect(crc32c(damaged)).not.toBe(before)
    }
  })
})

describe("a fingerprint", () => {
  test("is an integer below its modulus", () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.integer(), (bytes, seed) => {
        const value = fingerprint(bytes, seed)
        return Number.isSafeInteger(value) && value >= 0 && value < fingerprintModulus
      }),
    )
  })

  test("stays what it is: stored digests are compared with it", () => {
    expect(fingerprint(utf8("claviger")).toString(16)).toBe("a78fe680e56cc")
    expect(fingerprint(utf8("claviger"), 1).toString(16)).toBe("2d7e759200c07")
  })

  test("differs between short inputs that differ", () => {
    const seen = new Set<number>()
    for (let first = 0; first < 256; first += 1) {
      for (let second = 0; second < 256; second += 1) seen.add(fingerprint(Uint8Array.of(first, second)))
    }
    expect(seen.size).toBe(65_536)
  })

  test("flips about half of its bits when one bit of the input flips", () => {
    const bytes = new Uint8Array(24)
    const bits = (value: number): string => value.toString(2).padStart(52, "0")
    const before = bits(fingerprint(bytes))
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const flipped = bytes.slice()
      flipped[bit >> 3] = 1 << (bit & 7)
      const differing = Array.from(bits(fingerprint(flipped))).filter((digit, at) => digit !== before[at]).length
      expect(differing).toBeGreaterThan(10)
      expect(differing).toBeLessThan(42)
    }
  })
})

describe("a sum of fingerprints", () => {
  const term = fc.maxSafeNat().map((value) => value % fingerprintModulus)

  test("does not depend on the order of its terms", () => {
    fc.assert(
      fc.property(fc.array(term), (terms) => {
        const sum = terms.reduce(addFingerprints, 0)
        expect([...terms].reverse().reduce(addFingerprints, 0)).toBe(sum)
      }),
    )
  })

  test("loses a term by subtraction", () => {
    fc.assert(fc.property(term, term, (sum, one) => subtractFingerprints(addFingerprints(sum, one), one) === sum))
  })
})
