import { describe, expect, test } from "vitest"
import { encodeMessage, encodeRefusal, type Frame, FrameReader, preamble } from "../../../src/wire/frames.ts"

const bytesMax = 1_000

/** All frames of a connection whose bytes come in chunks of this size. */
function framesIn(bytes: Uint8Array, chunkSize = bytes.length): readonly Frame[] {
  const reader = new FrameReader(bytesMax)
  const frames: Frame[] = []
  for (let at = 0; at < bytes.length; at += chunkSize) {
    reader.push(Buffer.from(bytes.subarray(at, at + chunkSize)))
    for (let frame = reader.next(); frame !== undefined; frame = reader.next()) {
      if (frame.kind === "malformed") return [...frames, frame]
      frames.push(frame)
    }
  }
  return frames
}

const bodies = [0, 1, 4, 5, 255, 256, bytesMax].map((length) => Buffer.alloc(length, length % 251))

describe("frames", () => {
  const bytes = Buffer.concat([preamble, ...bodies.map(encodeMessage), encodeRefusal(Buffer.from("why"))])
  const expected = [
    ...bodies.map((body) => ({ kind: "message", bytes: body })),
    { kind: "refusal", bytes: Buffer.from("why") },
  ]

  test.each([1, 2, 3, 7, 64, 999, bytes.length])("are read from chunks of %i bytes", (chunkSize) => {
    expect(framesIn(bytes, chunkSize)).toEqual(expected)
  })

  test("that are whole in their chunk are read without a copy of it", () => {
    const reader = new FrameReader(bytesMax)
    const chunk = Buffer.concat([preamble, encodeMessage(Buffer.from("value"))])
    reader.push(chunk)
    const frame = reader.next()
    expect(frame).toMatchObject({ kind: "message" })
    if (frame?.kind === "message") expect(frame.bytes.buffer).toBe(chunk.buffer)
  })

  test("are laid out as the protocol says", () => {
    expect(Buffer.from(preamble).toString()).toBe("CLAVIGER/1\n")
    expect(encodeMessage(Buffer.from("ab"))).toEqual(Buffer.from([0, 0, 0, 0, 2, 0x61, 0x62]))
    expect(encodeRefusal(Buffer.from("ab"))).toEqual(Buffer.from([1, 0, 0, 0, 2, 0x61, 0x62]))
  })

  test("greet before anything else", () => {
    const reader = new FrameReader(bytesMax)
    reader.push(Buffer.from(preamble.subarray(0, 5)))
    expect([reader.next(), reader.isGreeted]).toEqual([undefined, false])
    reader.push(Buffer.from(preamble.subarray(5)))
    expect([reader.next(), reader.isGreeted]).toEqual([undefined, true])
  })
})

describe("what are no frames", () => {
  const after = (...bytes: readonly number[]): Uint8Array => Buffer.concat([preamble, Buffer.from(bytes)])

  test.each<readonly [string, Uint8Array, string]>([
    ["an unknown kind", after(2, 0, 0, 0, 0), "unknown kind"],
    ["a frame that is too long", after(0, 0, 0, 3, 0xe9), "a frame of 1001 bytes, where 1000 are the most"],
    ["a length beyond 2^31", after(0, 0xff, 0xff, 0xff, 0xff), "a frame of 4294967295 bytes"],
    ["TLS", Buffer.from([0x16, 3, 1]), "it speaks TLS"],
    ["a later version", Buffer.from("CLAVIGER/2\n"), "it speaks another version"],
    ["a replica among replicas", Buffer.from("claviger\0\0\0"), "it speaks another version"],
    ["HTTP", Buffer.from("HTTP/1.1 400 Bad Request\r\n"), "it does not speak as a replica does"],
  ])("%s: is said in words", (_what, bytes, reason) => {
    for (const chunkSize of [bytes.length, 1]) {
      const [only, ...others] = framesIn(bytes, chunkSize)
      expect(others).toEqual([])
      if (chunkSize > 1)
        expect(only).toMatchObject({ kind: "malformed", reason: expect.stringContaining(reason) as unknown })
      else expect(only).toMatchObject({ kind: "malformed" })
    }
  })
})
