/**
 * Two checksums for two purposes. `crc32c` (RFC 3720, appendix B.4) guards stored records against damage.
 * `fingerprint` spreads a record over 52 bits so that the fingerprints of a whole state can be *added up*: the sum does
 * not depend on order, and a changed record changes it by the difference, which is how replicas compare their states.
 * Neither resists an adversary; what must, uses a MAC or a signature.
 */
const tables: readonly Int32Array[] = makeTables()

function makeTables(): Int32Array[] {
  const first = new Int32Array(256)
  for (let byte = 0; byte < 256; byte += 1) {
    let remainder = byte
    for (let bit = 0; bit < 8; bit += 1) remainder = remainder & 1 ? (remainder >>> 1) ^ 0x82f63b78 : remainder >>> 1
    first[byte] = remainder
  }
  const all = [first]
  for (let index = 1; index < 4; index += 1) {
    const before = all[index - 1] as Int32Array
    const table = new Int32Array(256)
    for (let byte = 0; byte < 256; byte += 1) {
      const value = before[byte] as number
      table[byte] = (value >>> 8) ^ (first[value & 0xff] as number)
    }
    all.push(table)
  }
  return all
}

const [table0, table1, table2, table3] = tables as [Int32Array, Int32Array, Int32Array, Int32Array]

/** CRC-32C of `bytes` as an unsigned integer; pass an earlier result as `seed` to continue over several pieces. */
export function crc32c(bytes: Uint8Array, seed = 0): number {
  let crc = ~seed
  let at = 0
  for (const wordsEnd = bytes.length - 3; at < wordsEnd; at += 4) {
    crc ^=
      (bytes[at] as number) |
      ((bytes[at + 1] as number) << 8) |
      ((bytes[at + 2] as number) << 16) |
      ((bytes[at + 3] as number) << 24)
    crc =
      (table3[crc & 0xff] as number) ^
      (table2[(crc >>> 8) & 0xff] as number) ^
      (table1[(crc >>> 16) & 0xff] as number) ^
      (table0[crc >>> 24] as number)
  }
  for (; at < bytes.length; at += 1) crc = (crc >>> 8) ^ (table0[(crc ^ (bytes[at] as number)) & 0xff] as number)
  return ~crc >>> 0
}

/** The same over a text of ASCII, as if it were bytes. */
export function crc32cOfAscii(text: string, seed = 0): number {
  let crc = ~seed
  for (let at = 0; at < text.length; at += 1) {
    crc = (crc >>> 8) ^ (table0[(crc ^ text.charCodeAt(at)) & 0xff] as number)
  }
  return ~crc >>> 0
}

/** Sums of fingerprints are taken modulo this. */
export const fingerprintModulus: number = 2 ** 52

/** 52 well-mixed bits of `bytes` (two 32-bit lanes, mixed as in MurmurHash3). */
export function fingerprint(bytes: Uint8Array, seed = 0): number {
  let low = 0xdeadbeef ^ seed
  let high = 0x41c6ce57 ^ bytes.length
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] as number
    low = Math.imul(low ^ byte, 0x85ebca77)
    high = Math.imul(high ^ byte, 0xc2b2ae3d)
  }
  low = Math.imul(low ^ (low >>> 15), 0x735a2d97)
  low ^= Math.imul(high ^ (high >>> 15), 0xcaf649a9)
  high = Math.imul(high ^ (high >>> 15), 0x735a2d97)
  high ^= Math.imul(low ^ (low >>> 15), 0xcaf649a9)
  return (high >>> 12) * 0x1_0000_0000 + (low >>> 0)
}

export function addFingerprints(left: number, right: number): number {
  return (left + right) % fingerprintModulus
}

export function subtractFingerprints(left: number, right: number): number {
  return (left - right + fingerprintModulus) % fingerprintModulus
}
