/**
 * Bytes that are kept for long, in large numbers. A short array of its own takes more room beside the heap than its bytes
 * do: 256 bytes take 600, and three times as much after some time of overwriting. As a string with a character for each
 * byte they lie in the heap, where they take 272 and are moved together.
 */
import { passingBytes } from "./passing-bytes.ts"

/** Its `length` is that of the bytes, in either form. */
export type KeptBytes = string | Uint8Array

/** Longer ones don't gain enough. No engine takes many more as the arguments of one call. */
const packedBytesMax = 1024

const asciiDecoder = new TextDecoder("utf-8", { ignoreBOM: true })

export const nothingKept: KeptBytes = ""

/** A copy. */
export function keep(bytes: Uint8Array): KeptBytes {
  if (bytes.length > packedBytesMax) return bytes.slice()
  // Five times as fast as the other way.
  return isAscii(bytes) ? asciiDecoder.decode(bytes) : packed(bytes)
}

/** For a look or an answer: they may share memory with others, as those of passing-bytes.ts do. */
export function bytesOf(kept: KeptBytes): Uint8Array {
  if (typeof kept !== "string") return kept
  const bytes = passingBytes(kept.length)
  copyKept(kept, bytes, 0)
  return bytes
}

export function copyKept(kept: KeptBytes, target: Uint8Array, at: number): void {
  if (typeof kept !== "string") return target.set(kept, at)
  for (let index = 0; index < kept.length; index += 1) target[at + index] = kept.charCodeAt(index)
}

function packed(bytes: Uint8Array): string {
  return String.fromCharCode.apply(undefined, bytes as Iterable<number> as number[])
}

function isAscii(bytes: Uint8Array): boolean {
  for (let at = 0; at < bytes.length; at += 1) if ((bytes[at] as number) >= 0x80) return false
  return true
}
