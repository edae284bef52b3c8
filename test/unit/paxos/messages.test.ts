import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { MalformedBytesError } from "../../../src/base/bytes.ts"
import { decode, encode } from "../../../src/base/codec.ts"
import { type PaxosMessage, paxosMessageCodec } from "../../../src/paxos/messages.ts"

const count = fc.maxSafeNat()
const ballot = fc.record({ round: count, replicaId: count })
const value = fc.uint8Array({ maxLength: 40 })
const incarnation = fc.record({ replicaId: count, round: count })
const incarnations = fc.array(incarnation, { maxLength: 3 })
const accepted = fc.array(fc.record({ slot: count, ballot, value }), { maxLength: 3 })

/** One per kind: a kind without its messages does not compile. */
const messages: { readonly [K in PaxosMessage["kind"]]: fc.Arbitrary<Extract<PaxosMessage, { kind: K }>> } = {
  preVote: fc.record({ kind: fc.constant("preVote"), ballot, chosenThrough: count }),
  preVoteAnswer: fc.record({
    kind: fc.constant("preVoteAnswer"),
    ballot,
    granted: fc.boolean(),
    promised: ballot,
    chosenThrough: count,
  }),
  prepare: fc.record({
    kind: fc.constant("prepare"),
    ballot,
    chosenThrough: count,
    admits: fc.option(incarnation, { nil: undefined }),
  }),
  promise: fc.record({
    kind: fc.constant("promise"),
    ballot,
    chosenThrough: count,
    accepted,
    incarnation: count,
    incarnations,
  }),
  nack: fc.record({ kind: fc.constant("nack"), ballot, promised: ballot }),
  accept: fc.record({ kind: fc.constant("accept"), ballot, slot: count, value, chosenThrough: count, sentAt: count }),
  accepted: fc.record({ kind: fc.constant("accepted"), ballot, slot: count, sentAt: count }),
  heartbeat: fc.record({ kind: fc.constant("heartbeat"), ballot, chosenThrough: count, sentAt: count }),
  heartbeatAnswer: fc.record({ kind: fc.constant("heartbeatAnswer"), ballot, sentAt: count, chosenThrough: count }),
  handOver: fc.record({ kind: fc.constant("handOver"), ballot, successor: count }),
  fetch: fc.record({ kind: fc.constant("fetch"), above: count }),
  chosen: fc.record({
    kind: fc.constant("chosen"),
    above: count,
    values: fc.array(value, { maxLength: 3 }),
    chosenThrough: count,
    firstSlot: count,
  }),
  rejoin: fc.record({ kind: fc.constant("rejoin"), ballot, nonce: count }),
  admitted: fc.record({ kind: fc.constant("admitted"), ballot, nonce: count, through: count, incarnations }),
}

const anyMessage: fc.Arbitrary<PaxosMessage> = fc.oneof(...Object.values<fc.Arbitrary<PaxosMessage>>(messages))

/** Garbage may happen to be a message; what it must not do is raise anything else. */
function decodesOrIsMalformed(bytes: Uint8Array): boolean {
  try {
    decode(paxosMessageCodec, bytes)
    return true
  } catch (error) {
    return error instanceof MalformedBytesError
  }
}

describe("messages between replicas", () => {
  test.each(Object.entries<fc.Arbitrary<PaxosMessage>>(messages))(
    "of kind %s are read as they were written",
    (_, of) => {
      fc.assert(
        fc.property(of, (message) => {
          expect(decode(paxosMessageCodec, encode(paxosMessageCodec, message))).toEqual(message)
        }),
        { numRuns: 50 },
      )
    },
  )

  test("that are cut off anywhere are malformed", () => {
    fc.assert(
      fc.property(anyMessage, fc.nat(), (message, at) => {
        const bytes = encode(paxosMessageCodec, message)
        const cut = bytes.subarray(0, at % bytes.length)
        expect(() => decode(paxosMessageCodec, cut)).toThrow(MalformedBytesError)
      }),
    )
  })

  test("with something behind them are malformed", () => {
    fc.assert(
      fc.property(anyMessage, fc.uint8Array({ minLength: 1, maxLength: 4 }), (message, rest) => {
        const bytes = encode(paxosMessageCodec, message)
        const longer = new Uint8Array([...bytes, ...rest])
        expect(() => decode(paxosMessageCodec, longer)).toThrow(MalformedBytesError)
      }),
    )
  })

  test("that are garbage are malformed at worst", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), decodesOrIsMalformed), { numRuns: 500 })
  })

  test("with a changed byte are malformed at worst", () => {
    fc.assert(
      fc.property(anyMessage, fc.nat(), fc.integer({ min: 1, max: 255 }), (message, at, change) => {
        const bytes = encode(paxosMessageCodec, message)
        const place = at % bytes.length
        bytes[place] = (bytes[place] ?? 0) ^ change
        return decodesOrIsMalformed(bytes)
      }),
      { numRuns: 500 },
    )
  })
})
