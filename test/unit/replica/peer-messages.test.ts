import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { MalformedBytesError } from "../../../src/base/bytes.ts"
import { decode, encode } from "../../../src/base/codec.ts"
import { type PeerMessage, peerMessageCodec } from "../../../src/replica/peer-messages.ts"

const count = fc.maxSafeNat()
const entry = fc.record({ key: fc.string({ maxLength: 8 }), payload: fc.uint8Array({ maxLength: 20 }) })

const snapshotMessage = fc.oneof(
  fc.record({ kind: fc.constant("snapshotRequest" as const), transfer: count, cursor: fc.string(), above: count }),
  fc.record({
    kind: fc.constant("snapshotPiece" as const),
    transfer: count,
    after: fc.string(),
    entries: fc.array(entry, { maxLength: 4 }),
    cursor: fc.string(),
    last: fc.boolean(),
    appliedThrough: count,
  }),
  fc.record({ kind: fc.constant("snapshotRefused" as const), transfer: count }),
)

const anyMessage: fc.Arbitrary<PeerMessage> = fc.oneof(
  fc.record({
    kind: fc.constant("paxos" as const),
    message: fc.record({ kind: fc.constant("fetch" as const), above: count }),
  }),
  fc.record({ kind: fc.constant("snapshot" as const), message: snapshotMessage }),
  fc.record({
    kind: fc.constant("digest" as const),
    message: fc.record({ kind: fc.constant("digestReport" as const), slot: count, digest: count }),
  }),
)

describe("what replicas say to each other", () => {
  test("is read as it was written", () => {
    fc.assert(
      fc.property(anyMessage, (message) => {
        expect(decode(peerMessageCodec, encode(peerMessageCodec, message))).toEqual(message)
      }),
      { numRuns: 300 },
    )
  })

  test("is malformed when it is cut off", () => {
    fc.assert(
      fc.property(anyMessage, fc.nat(), (message, at) => {
        const bytes = encode(peerMessageCodec, message)
        expect(() => decode(peerMessageCodec, bytes.subarray(0, at % bytes.length))).toThrow(MalformedBytesError)
      }),
    )
  })

  test("raises nothing but MalformedBytesError when it is garbage", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        try {
          decode(peerMessageCodec, bytes)
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedBytesError)
        }
      }),
      { numRuns: 500 },
    )
  })
})
