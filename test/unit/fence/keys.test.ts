import { describe, expect, test } from "vitest"
import { toBase64Url } from "../../../src/contract/base64url.ts"
import { fixedKeys, readKeys } from "../../../src/fence/keys.ts"
import { jwkSet, TestKey } from "../../support/sequencers.ts"

const first = new TestKey(1)
const second = new TestKey(2)
const { jwk } = first

describe("a set of keys", () => {
  test("is found by the ids of its keys", () => {
    const keys = fixedKeys(jwkSet(first, second))
    expect(keys.find(first.jwk.kid)).toEqual(first.publicKey)
    expect(keys.find(second.jwk.kid)).toEqual(second.publicKey)
    expect(keys.find("another")).toBeUndefined()
  })

  test("hands out one array for one key, by which verifiers know that it is the same", () => {
    const keys = fixedKeys(jwkSet(first))
    expect(keys.find(jwk.kid)).toBe(keys.find(jwk.kid))
  })

  test.each([
    ["of another kind", { ...jwk, kty: "RSA" }],
    ["on another curve", { ...jwk, crv: "X25519" }],
    ["for encryption", { ...jwk, use: "enc" }],
    ["for another algorithm", { ...jwk, alg: "HS256" }],
    ["without an id", { ...jwk, kid: undefined }],
    ["with a number for an id", { ...jwk, kid: 7 }],
    ["cut short", { ...jwk, x: jwk.x.slice(0, -2) }],
    ["that is no base64url", { ...jwk, x: `${jwk.x.slice(0, -1)}=` }],
    ["of small order", { ...jwk, x: toBase64Url(Uint8Array.from({ length: 32 }, (_, at) => (at === 0 ? 1 : 0))) }],
    ["that is null", null],
    ["that is text", "key"],
    ["with its members on a prototype", Object.create(jwk) as unknown],
  ])("passes over a key %s", (_, odd) => {
    expect([...readKeys({ keys: [odd, second.jwk] }).keys()]).toEqual([second.jwk.kid])
  })

  test("takes a key that says neither its use nor its algorithm", () => {
    const { kty, crv, kid, x } = jwk
    expect(readKeys({ keys: [{ kty, crv, kid, x }] }).size).toBe(1)
  })

  test.each([undefined, null, 5, "keys", [], {}, { keys: {} }, { keys: null }, { keys: "all" }])(
    "is not %j",
    (something) => {
      expect(() => readKeys(something)).toThrow(TypeError)
    },
  )

  test("of more keys than any cell has is refused", () => {
    expect(() => readKeys({ keys: Array.from({ length: 101 }, () => jwk) })).toThrow(TypeError)
  })

  test("that is fixed and could verify nothing is refused", () => {
    expect(() => fixedKeys({ keys: [] })).toThrow(TypeError)
  })
})
