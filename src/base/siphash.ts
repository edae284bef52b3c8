/**
 * SipHash-2-4 (Aumasson and Bernstein, 2012): a fast MAC of 64 bits for short inputs, here the check digits of handles.
 * Whoever lacks the key guesses right once in 2^64 tries.
 */
import { assert } from "./assert.ts"

interface Lanes {
  /** v0..v3, each as a high and a low 32-bit half. */
  readonly v: Int32Array
}

function add(v: Int32Array, to: number, from: number): void {
  const low = ((v[to + 1] as number) >>> 0) + ((v[from + 1] as number) >>> 0)
  v[to] = ((v[to] as number) + (v[from] as number) + (low > 0xffff_ffff ? 1 : 0)) | 0
  v[to + 1] = low | 0
}

function rotateThenXor(v: Int32Array, at: number, bits: number, from: number): void {
  const high = v[at] as number
  const low = v[at + 1] as number
  const turnedHigh = bits === 32 ? low : (high << bits) | (low >>> (32 - bits))
  const turnedLow = bits === 32 ? high : (low << bits) | (high >>> (32 - bits))
  v[at] = turnedHigh ^ (v[from] as number)
  v[at + 1] = turnedLow ^ (v[from + 1] as number)
}

function rotate32(v: Int32Array, at: number): void {
  const high = v[at] as number
  v[at] = v[at + 1] as number
  v[at + 1] = high
}

function round({ v }: Lanes): void {
  add(v, 0, 2)
  rotateThenXor(v, 2, 13, 0)
  rotate32(v, 0)
  add(v, 4, 6)
  rotateThenXor(v, 6, 16, 4)
  add(v, 0, 6)
  rotateThenXor(v, 6, 21, 0)
  add(v, 4, 2)
  rotateThenXor(v, 2, 17, 4)
  rotate32(v, 4)
}

function word32(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24)
}

/** The 64-bit MAC of `message` under a key of 16 bytes, as 16 hexadecimal digits (the number, high half first). */
export function siphash(key: Uint8Array, message: Uint8Array): string {
  assert(key.length === 16, "a SipHash key has 16 bytes")
  const k = [word32(key, 4), word32(key, 0), word32(key, 12), word32(key, 8)] as const
  const v = Int32Array.of(
    k[0] ^ 0x736f6d65,
    k[1] ^ 0x70736575,
    k[2] ^ 0x646f7261,
    k[3] ^ 0x6e646f6d,
    k[0] ^ 0x6c796765,
    k[1] ^ 0x6e657261,
    k[2] ^ 0x74656462,
    k[3] ^ 0x79746573,
  )
  const lanes = { v }
  const absorb = (high: number, low: number): void => {
    v[6] = (v[6] as number) ^ high
    v[7] = (v[7] as number) ^ low
    round(lanes)
    round(lanes)
    v[0] = (v[0] as number) ^ high
    v[1] = (v[1] as number) ^ low
  }
  const wholeWords = message.length - (message.length % 8)
  for (let at = 0; at < wholeWords; at += 8) absorb(word32(message, at + 4), word32(message, at))
  const rest = message.subarray(wholeWords)
  absorb(word32(rest, 4) | ((message.length & 0xff) << 24), word32(rest, 0))
  v[5] = (v[5] as number) ^ 0xff
  for (let count = 0; count < 4; count += 1) round(lanes)
  const high = (v[0] as number) ^ (v[2] as number) ^ (v[4] as number) ^ (v[6] as number)
  const low = (v[1] as number) ^ (v[3] as number) ^ v[5] ^ (v[7] as number)
  return (high >>> 0).toString(16).padStart(8, "0") + (low >>> 0).toString(16).padStart(8, "0")
}
