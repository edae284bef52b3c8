/** Ways to spoil bytes and text that know nothing of what is spoiled. Equal dice spoil alike. */
import type { Prng } from "../../../src/base/prng.ts"

export function flippedBits(dice: Prng, bytes: Buffer): Buffer {
  const spoilt = Buffer.from(bytes)
  for (let count = dice.between(1, 4); count > 0 && spoilt.length > 0; count -= 1) {
    const at = dice.below(spoilt.length)
    spoilt.writeUInt8(spoilt.readUInt8(at) ^ (1 << dice.below(8)), at)
  }
  return spoilt
}

const oddBytes = [0, 1, 9, 10, 13, 32, 34, 37, 44, 46, 47, 58, 59, 92, 127, 128, 0xc0, 0xed, 0xff]

export function exchangedBytes(dice: Prng, bytes: Buffer): Buffer {
  const spoilt = Buffer.from(bytes)
  for (let count = dice.between(1, 3); count > 0 && spoilt.length > 0; count -= 1) {
    spoilt.writeUInt8(dice.pick(oddBytes), dice.below(spoilt.length))
  }
  return spoilt
}

export function cutShort(dice: Prng, bytes: Buffer): Buffer {
  return bytes.subarray(0, dice.below(bytes.length + 1))
}

export function withSomethingPutIn(dice: Prng, bytes: Buffer): Buffer {
  const at = dice.below(bytes.length + 1)
  return Buffer.concat([bytes.subarray(0, at), randomBytes(dice, dice.between(1, 20)), bytes.subarray(at)])
}

export function withAStretchTakenOut(dice: Prng, bytes: Buffer): Buffer {
  const [from, to] = stretchOf(dice, bytes)
  return Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)])
}

export function withAStretchDoubled(dice: Prng, bytes: Buffer): Buffer {
  const [from, to] = stretchOf(dice, bytes)
  return Buffer.concat([bytes.subarray(0, to), bytes.subarray(from)])
}

/** The beginning of one and the end of the other. */
export function spliced(dice: Prng, first: Buffer, second: Buffer): Buffer {
  return Buffer.concat([cutShort(dice, first), second.subarray(dice.below(second.length + 1))])
}

export function randomBytes(dice: Prng, length: number): Buffer {
  return Buffer.from(Array.from({ length }, () => dice.below(256)))
}

/** Of a text that is to be taken for genuine, such as a handle or a sequencer. */
export function forged(dice: Prng, text: string): string {
  const at = dice.below(text.length + 1)
  return dice.pick([
    () => text.slice(0, at),
    () => text.slice(0, at) + dice.pick([..."Aa0._-é=+ "]) + text.slice(at + 1),
    () => `${text}A`,
    () => text.toUpperCase(),
    () => text.split("").reverse().join(""),
    () => text.split(".").slice(0, 2).join("."),
    () => `${text}.${text}`,
    () => text.repeat(dice.between(2, 30)),
    () => "A".repeat(dice.between(1, 9_000)),
    () => "eyJhbGciOiJub25lIn0.e30.",
    () => randomBytes(dice, dice.between(1, 200)).toString("base64url"),
    () => "",
  ])()
}

/** Where a node could be, or could not at all. */
export function oddPath(dice: Prng, path: string): string {
  const trick = dice.pick(pathTricks)
  const parts = path.split("/")
  parts.splice(dice.below(parts.length + 1), dice.below(2), trick)
  return parts.join("/")
}

const pathTricks: readonly string[] = [
  ...["..", ".", "", " ", "\u0000", "a\u0000b", "e\u0301", "\ufeff", "\u202e", "local", "ls", "*", ":path", "%", "%00"],
  ...[
    "__proto__",
    "constructor",
    "toString",
    "acl",
    "a".repeat(255),
    "a".repeat(256),
    "ä".repeat(128),
    "😀".repeat(64),
  ],
  ...["a/".repeat(70), "x/".repeat(600), "\\..\\", "..;", "~", "\ud800", "\udc00\ud800", "\n", "\u0085", "\u2028"],
]

function stretchOf(dice: Prng, bytes: Buffer): readonly [from: number, to: number] {
  const from = dice.below(bytes.length + 1)
  return [from, Math.min(bytes.length, from + dice.between(1, 30))]
}
