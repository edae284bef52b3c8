import { describe, expect, test } from "vitest"
import { Prng } from "../../../src/base/prng.ts"
import {
  encodeHello,
  encodeMessages,
  encodeRefusal,
  firstFrameBytesMax,
  type Frame,
  frameBytesMax,
  FrameReader,
  preamble,
} from "../../../src/host/peer-frames.ts"

describe("frames between replicas", () => {
  test("are read as they were written", () => {
    const messages = [bytes(1, 2, 3), bytes(), bytes(4)]
    const said = [encodeHello(bytes(7)), encodeMessages(messages), encodeMessages([]), encodeRefusal("Größe: 3")]
    expect(read([Buffer.concat([preamble, ...said])])).toEqual([
      { kind: "hello", body: Buffer.from([7]) },
      { kind: "messages", messages },
      { kind: "messages", messages: [] },
      { kind: "refusal", reason: "Größe: 3" },
    ])
  })

  test("are the same frames however the bytes are cut", () => {
    const dice = new Prng(1)
    for (let round = 0; round < 200; round += 1) {
      const { said, expected } = conversation(dice)
      expect(read(cut(said, dice))).toEqual(expected)
    }
  })

  test("are the same frames when the bytes come one by one", () => {
    const { said, expected } = conversation(new Prng(2))
    expect(read(Array.from(said, (byte) => Buffer.from([byte])))).toEqual(expected)
  })

  test("keep their bytes when the socket's buffer is used again", () => {
    const reader = new FrameReader(frameBytesMax)
    const chunk = Buffer.concat([preamble, encodeMessages([bytes(1, 2, 3)])])
    reader.push(chunk)
    const frame = reader.next()
    chunk.fill(0)
    expect(frame).toEqual({ kind: "messages", messages: [bytes(1, 2, 3)] })
  })

  test("that have not come to their end are none", () => {
    const { said, expected } = conversation(new Prng(3))
    expect(read([said.subarray(0, said.length - 1)])).toEqual(expected.slice(0, -1))
  })
})

describe("a reader of frames refuses", () => {
  test.each([
    ["GET / HTTP/1.1\r\n", "it speaks HTTP"],
    ["OPTIONS * HTTP/1.1\r\n", "it speaks HTTP"],
    ["PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "it speaks HTTP, as gRPC does"],
    ["HTTP/1.1 400 Bad Request\r\n", "it speaks HTTP"],
    ["\x16\x03\x01\x02\x00\x01", "it speaks TLS"],
    ["\x15\x03\x03\x00\x02\x02", "it speaks TLS"],
    ["\x00\x00\x12\x04\x00\x00", "it does not speak as replicas do"],
    ["clavicle", "it does not speak as replicas do"],
  ])("whoever begins with %j", (words, reason) => {
    expect(objectionTo(Buffer.from(words, "latin1"))).toContain(reason)
  })

  test("a frame that is longer than the limit, at its length already", () => {
    expect(objectionTo(header(firstFrameBytesMax + 1), firstFrameBytesMax)).toBe(
      "it sends a frame of more than 65536 bytes",
    )
    expect(objectionTo(header(0xffff_ffff))).toBe("it sends a frame of more than 67108864 bytes")
  })

  test("no frame as long as the limit, which may be raised between frames", () => {
    const small = encodeMessages([new Uint8Array(11)])
    const large = encodeMessages([new Uint8Array(100)])
    const reader = new FrameReader(16)
    reader.push(Buffer.concat([preamble, small, large]))
    expect(reader.next()?.kind).toBe("messages")
    reader.bytesMax = 105
    expect(reader.next()).toEqual({ kind: "messages", messages: [new Uint8Array(100)] })
  })

  test("a frame without a kind, and one of a kind that there isn't", () => {
    expect(objectionTo(header(0))).toBe("it sends a frame of no kind")
    expect(objectionTo(Buffer.concat([header(1), bytes(9)]))).toBe("it sends a frame of unknown kind")
  })

  test.each([
    ["half a length", bytes(0, 0, 0)],
    ["a length and nothing behind it", bytes(0, 0, 0, 1)],
    ["a length that would end elsewhere", bytes(0, 0, 0, 2, 7)],
    ["a length beyond everything", bytes(255, 255, 255, 255, 7)],
    ["one message and a stray byte", bytes(0, 0, 0, 1, 7, 0)],
  ])("a frame of messages with %s", (_, rest) => {
    const frame = Buffer.concat([header(1 + rest.length), bytes(0), rest])
    expect(objectionTo(frame)).toBe("it sends a message that does not fit into its frame")
  })

  test("random bytes, by a reason or by waiting for more, and never by an exception", () => {
    const dice = new Prng(4)
    for (let round = 0; round < 2_000; round += 1) {
      const { said } = conversation(dice)
      const spoilt = Buffer.from(said)
      for (let count = dice.between(1, 4); count > 0; count -= 1) spoilt[dice.below(spoilt.length)] = dice.below(256)
      const frames = read(cut(spoilt, dice), 4_096)
      expect(frames.slice(0, -1).every(({ kind }) => kind !== "malformed")).toBe(true)
    }
  })
})

/** The frames up to the first malformed one. */
function read(chunks: readonly Buffer[], bytesMax: number = frameBytesMax): readonly Frame[] {
  const reader = new FrameReader(bytesMax)
  const frames: Frame[] = []
  for (const chunk of chunks) {
    reader.push(chunk)
    for (let frame = reader.next(); frame !== undefined; frame = reader.next()) {
      frames.push(frame)
      if (frame.kind === "malformed") return frames
    }
  }
  return frames
}

function objectionTo(said: Buffer, bytesMax?: number): string {
  const last = read([said], bytesMax).at(-1)
  return last?.kind === "malformed" ? last.reason : "none"
}

function conversation(dice: Prng): { readonly said: Buffer; readonly expected: readonly Frame[] } {
  const expected: Frame[] = []
  const parts: Uint8Array[] = [preamble]
  for (let count = dice.between(1, 8); count > 0; count -= 1) {
    const messages = Array.from({ length: dice.below(5) }, () => randomBytes(dice, dice.pick([0, 1, 20, 700])))
    expected.push({ kind: "messages", messages })
    parts.push(encodeMessages(messages))
  }
  return { said: Buffer.concat(parts), expected }
}

function cut(whole: Buffer, dice: Prng): readonly Buffer[] {
  const chunks: Buffer[] = []
  for (let at = 0; at < whole.length;) {
    const end = at + dice.between(1, dice.pick([1, 5, 300, 5_000]))
    chunks.push(Buffer.from(whole.subarray(at, end)))
    at = end
  }
  return chunks
}

/** The beginning of a conversation, up to the length of its first frame. */
function header(length: number): Buffer {
  const written = Buffer.alloc(4)
  written.writeUInt32BE(length)
  return Buffer.concat([preamble, written])
}

function randomBytes(dice: Prng, length: number): Uint8Array {
  return Uint8Array.from({ length }, () => dice.below(256))
}

function bytes(...values: readonly number[]): Uint8Array {
  return new Uint8Array(values)
}
