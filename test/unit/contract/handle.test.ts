import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { type Handle, type HandleKey, looksLikeHandle, mintHandle, parseHandle } from "../../../src/contract/handle.ts"

const key: HandleKey = { keyId: 7, key: Uint8Array.from({ length: 16 }, (_, at) => at) }
const otherKey: HandleKey = { keyId: 7, key: new Uint8Array(16) }
const handles: fc.Arbitrary<Handle> = fc.record({
  instance: fc.maxSafeNat(),
  mode: fc.constantFrom("read" as const, "write" as const, "changeAcl" as const),
  sessionId: fc.maxSafeNat(),
  handleId: fc.maxSafeNat(),
})

describe("a handle", () => {
  test("is read back by the cell that minted it", () => {
    fc.assert(
      fc.property(handles, (handle) => {
        const text = mintHandle(handle, key)
        expect(parseHandle(text, [key])).toEqual(handle)
        expect(looksLikeHandle(text)).toBe(true)
      }),
    )
  })

  test("means nothing to a cell with another key", () => {
    fc.assert(fc.property(handles, (handle) => parseHandle(mintHandle(handle, key), [otherKey]) === undefined))
  })

  test("of an older key is still read while the key is kept, and by that key alone", () => {
    const older: HandleKey = { keyId: 6, key: otherKey.key }
    const handle: Handle = { instance: 3, mode: "changeAcl", sessionId: 1, handleId: 9 }
    expect(parseHandle(mintHandle(handle, older), [older, key])).toEqual(handle)
    expect(parseHandle(mintHandle(handle, older), [key])).toBeUndefined()
    expect(parseHandle(mintHandle(handle, { ...older, keyId: 7 }), [older, key])).toBeUndefined()
  })

  test("with any one character changed, left out or added is nobody's handle", () => {
    const text = mintHandle({ instance: 12, mode: "write", sessionId: 3, handleId: 45 }, key)
    for (let at = 0; at < text.length; at += 1) {
      for (const other of ["0", "9", "r", "w", "a", ".", "", "00"]) {
        const forged = text.slice(0, at) + other + text.slice(at + 1)
        if (forged !== text) expect(parseHandle(forged, [key]), forged).toBeUndefined()
      }
      expect(parseHandle(text.slice(0, at), [key])).toBeUndefined()
    }
    expect(parseHandle(`${text}0`, [key])).toBeUndefined()
    expect(parseHandle(` ${text}`, [key])).toBeUndefined()
    expect(parseHandle(`${text}\n`, [key])).toBeUndefined()
  })

  test("has one spelling: no zero may lead its numbers, no digit may be capital", () => {
    const text = mintHandle({ instance: 1, mode: "read", sessionId: 2, handleId: 3 }, key)
    expect(parseHandle(`0${text}`, [key])).toBeUndefined()
    expect(parseHandle(text.toUpperCase().replace("R", "r"), [key])).toBeUndefined()
  })

  test("is never found in other text, and looking does not crash", () => {
    fc.assert(fc.property(fc.string(), (text) => parseHandle(text, [key]) === undefined))
  })
})
