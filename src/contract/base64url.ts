/**
 * Base64url without padding (RFC 4648, section 5), as JWS uses it. Strict: a byte string has one spelling, so that a
 * signed token can't be respelled into another token with the same signature.
 */
const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
const valueOf: ReadonlyMap<string, number> = new Map(Array.from(alphabet, (letter, value) => [letter, value]))

export function toBase64Url(bytes: Uint8Array): string {
  let text = ""
  for (let at = 0; at < bytes.length; at += 3) {
    const [first = 0, second, third] = bytes.subarray(at, at + 3)
    const bits = (first << 16) | ((second ?? 0) << 8) | (third ?? 0)
    text += alphabet.charAt(bits >>> 18) + alphabet.charAt((bits >>> 12) & 63)
    if (second !== undefined) text += alphabet.charAt((bits >>> 6) & 63)
    if (third !== undefined) text += alphabet.charAt(bits & 63)
  }
  return text
}

/** Undefined for anything that `toBase64Url` would not have written. */
export function fromBase64Url(text: string): Uint8Array | undefined {
  if (text.length % 4 === 1) return undefined
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4))
  let bits = 0
  let bitCount = 0
  let at = 0
  for (const letter of text) {
    const value = valueOf.get(letter)
    if (value === undefined) return undefined
    bits = ((bits << 6) | value) & 0xfff
    bitCount += 6
    if (bitCount < 8) continue
    bitCount -= 8
    bytes[at++] = bits >>> bitCount
  }
  const leftOver = bits & ((1 << bitCount) - 1)
  return leftOver === 0 ? bytes : undefined
}
