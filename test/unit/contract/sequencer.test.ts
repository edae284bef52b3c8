import { generateKeyPairSync, sign, verify } from "node:crypto"
import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { utf8 } from "../../../src/base/bytes.ts"
import { toBase64Url } from "../../../src/contract/base64url.ts"
import { type SequencerClaims, assemble, signingInput, split } from "../../../src/contract/sequencer.ts"

const claims: SequencerClaims = {
  cell: "test",
  path: "/ls/test/job",
  instance: 7,
  mode: "exclusive",
  lockGeneration: 3,
}
const signature = new Uint8Array(64).fill(9)
const whole = assemble(signingInput(claims, "key-1"), signature)

function withClaims(claimed: unknown): string {
  const [header] = whole.split(".") as [string]
  return `${header}.${toBase64Url(utf8(JSON.stringify(claimed)))}.${toBase64Url(signature)}`
}

function withHeader(header: unknown): string {
  const [, claimsPart] = whole.split(".") as [string, string]
  return `${toBase64Url(utf8(JSON.stringify(header)))}.${claimsPart}.${toBase64Url(signature)}`
}

describe("a sequencer", () => {
  test("is taken apart into what it was put together from", () => {
    const parts = split(whole)
    if (parts.kind === "refused") throw new Error(parts.detail)
    expect(parts.keyId).toBe("key-1")
    expect(parts.claims).toEqual(claims)
    expect(parts.signature).toEqual(signature)
    expect(parts.signingInput).toEqual(utf8(signingInput(claims, "key-1")))
  })

  test("is a compact JWS whose signature is over its first two parts as they stand", () => {
    const { privateKey, publicKey } = generateKeyPairSync("ed25519")
    const signed = signingInput(claims, "k")
    const parts = split(assemble(signed, sign(null, utf8(signed), privateKey)))
    if (parts.kind === "refused") throw new Error(parts.detail)
    expect(verify(null, parts.signingInput, publicKey, parts.signature)).toBe(true)
    const [header] = signed.split(".") as [string]
    expect(JSON.parse(Buffer.from(header, "base64url").toString())).toEqual({
      alg: "EdDSA",
      kid: "k",
      typ: "claviger-sequencer",
    })
  })

  test.each([
    ["two parts", "a.b"],
    ["four parts", `${whole}.a`],
    ["padding", `${whole}==`],
    ["a short signature", assemble(signingInput(claims, "k"), new Uint8Array(63))],
    ["an endless text", "a".repeat(10_000)],
    ["claims that are a list", withClaims([])],
    ["claims that are null", withClaims(null)],
    ["a claim too many", withClaims({ ...claims, exp: 1 })],
    ["a claim too few", withClaims({ ...claims, mode: undefined })],
    ["a generation of zero", withClaims({ ...claims, lockGeneration: 0 })],
    ["a generation with a fraction", withClaims({ ...claims, lockGeneration: 1.5 })],
    ["a generation as text", withClaims({ ...claims, lockGeneration: "3" })],
    ["a generation beyond exact integers", withClaims({ ...claims, lockGeneration: 2 ** 53 })],
    ["an unknown mode", withClaims({ ...claims, mode: "none" })],
    ["a path of another cell", withClaims({ ...claims, path: "/ls/other/job" })],
    ["a path without the cell's own name", withClaims({ ...claims, path: "/ls/local/job" })],
    ["a path that is none", withClaims({ ...claims, path: "/ls/test/../job" })],
    ["no cell", withClaims({ ...claims, cell: "", path: "/ls/" })],
    ["the algorithm none", withHeader({ alg: "none", kid: "k", typ: "claviger-sequencer" })],
    ["another type", withHeader({ alg: "EdDSA", kid: "k", typ: "JWT" })],
    ["an empty key id", withHeader({ alg: "EdDSA", kid: "", typ: "claviger-sequencer" })],
    ["a critical extension", withHeader({ alg: "EdDSA", kid: "k", typ: "claviger-sequencer", crit: ["b64"] })],
    ["a header that is text", withHeader("EdDSA")],
  ])("with %s is refused", (_, text) => {
    expect(split(text)).toMatchObject({ kind: "refused", code: "SEQUENCER_MALFORMED" })
  })

  test("whose JSON is not UTF-8 is refused", () => {
    const [header] = whole.split(".") as [string]
    const parts = `${header}.${toBase64Url(Uint8Array.of(0x22, 0xff, 0x22))}.${toBase64Url(signature)}`
    expect(split(parts)).toMatchObject({ code: "SEQUENCER_MALFORMED" })
  })

  test("with a character changed is refused, or says something else under another signing input, never crashes", () => {
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.constantFrom(..."Aa0-_.=é"), (at, letter) => {
        const changed = whole.slice(0, at) + letter + whole.slice(at + 1)
        const parts = split(changed)
        if (parts.kind === "refused" || changed === whole) return
        expect(assemble(new TextDecoder().decode(parts.signingInput), parts.signature)).toBe(changed)
      }),
    )
  })
})
