import { describe, expect, test } from "vitest"
import { encode, shape, text, uint } from "../../../src/base/codec.ts"
import { helloTo, objectionTo, type PeerIdentity, readHello } from "../../../src/host/peer-hello.ts"

const identity: PeerIdentity = { cellId: "cell", self: 1, members: [1, 2], configDigest: "digest" }
const other: PeerIdentity = { ...identity, self: 2 }

describe("a hello", () => {
  test("says who somebody is, and whom they expect", () => {
    const hello = readHello(helloTo(1, other))
    expect(hello).toMatchObject({ cellId: "cell", replicaId: 2, recipientId: 1, configDigest: "digest" })
    expect(hello === undefined ? "none" : objectionTo(hello, identity)).toBeUndefined()
  })

  test("of another format is understood as far as it goes in every format", () => {
    const claims = encode(shape({ formatVersion: uint, cellId: text, replicaId: uint, more: text }), {
      ...{ formatVersion: 99, cellId: "cell", replicaId: 2 },
      more: "words of the future",
    })
    const hello = readHello(claims)
    expect(hello).toMatchObject({ cellId: "cell", replicaId: 2 })
    expect(hello === undefined ? "none" : objectionTo(hello, identity)).toMatch(
      /^replicas speak format \d+ here, not 99: run the same version everywhere$/,
    )
  })

  test("that breaks off, or goes on, is none", () => {
    const whole = helloTo(1, other)
    for (let length = 0; length < whole.length; length += 1)
      expect(readHello(whole.subarray(0, length))).toBeUndefined()
    expect(readHello(Buffer.concat([whole, Buffer.from([0])]))).toBeUndefined()
  })
})
