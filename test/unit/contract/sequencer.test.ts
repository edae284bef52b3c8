import { generateKeyPairSync, sign, verify } from "node:crypto"
import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { utf8 } from "../../../src/base/bytes.ts"
import { toBase64Url } from "../../../src/contract/base64url.ts"
import { limits } from "../../../src/contract/limits.ts"
import { type SequencerStatement, assemble, claimsOf, signingInput, split } from "../../../src/contract/sequencer.ts"

const statement: SequencerStatement = {
  cell: "test",
  cellId: "cell-for-tests",
  path: "/ls/test/job",
  instance: 7,
  mode: "exclusive",
  lockGeneration: 3,
  epoch: 2,
  principal: "CN=alice",
  issuedAt: 1_700_000_000,
}
/** As they stand in the text: the time of issue has the name that JWTs give it. */
const { issuedAt: iat, ...others } = statement
const claims = { ...others, iat }
const signature = new Uint8Array(64).fill(9)
const whole = assemble(signingInput(statement, "key-1"), signature)

function withClaims(claimed: unknown): string {
  return withClaimsText(JSON.stringify(claimed))
}

function withClaimsText(json: string): string {
  const [header] = whole.split(".") as [string]
  return `${header}.${toBase64Url(utf8(json))}.${toBase64Url(signature)}`
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
    expect(parts.statement).toEqual(statement)
    expect(parts.signature).toEqual(signature)
    expect(parts.signingInput).toEqual(utf8(signingInput(statement, "key-1")))
  })

  test("is a compact JWS whose signature is over its first two parts as they stand", () => {
    const { privateKey, publicKey } = generateKeyPairSync("ed25519")
    const signed = signingInput(statement, "k")
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
    ["a short signature", assemble(signingInput(statement, "k"), new Uint8Array(63))],
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
    ["a cell id that no cell can have", withClaims({ ...claims, cellId: "a/b/c/d/e" })],
    ["an epoch of zero", withClaims({ ...claims, epoch: 0 })],
    ["an epoch as text", withClaims({ ...claims, epoch: "2" })],
    ["nobody who holds", withClaims({ ...claims, principal: "" })],
    ["a holder with too long a name", withClaims({ ...claims, principal: "é".repeat(129) })],
    ["a holder who is a list", withClaims({ ...claims, principal: ["CN=alice"] })],
    ["a time of issue with a fraction", withClaims({ ...claims, iat: 1.5 })],
    ["a time of issue before 1970", withClaims({ ...claims, iat: -1 })],
    ["a claim of another name", withClaims({ ...others, issuedAt: iat })],
    ["a claim called __proto__", withClaimsText(JSON.stringify(claims).replace('"epoch"', '"__proto__"'))],
    ["a header cut short", whole.slice(1)],
    ["a signature cut short", whole.slice(0, -1)],
    ["another type", withHeader({ alg: "EdDSA", kid: "k", typ: "JWT" })],
    ["an empty key id", withHeader({ alg: "EdDSA", kid: "", typ: "claviger-sequencer" })],
    ["a critical extension", withHeader({ alg: "EdDSA", kid: "k", typ: "claviger-sequencer", crit: ["b64"] })],
    ["a header that is text", withHeader("EdDSA")],
  ])("with %s is refused", (_, text) => {
    expect(split(text)).toMatchObject({ kind: "refused", code: "SEQUENCER_MALFORMED", flaw: "malformed" })
  })

  test.each([
    ["none", withHeader({ alg: "none", kid: "k", typ: "claviger-sequencer" })],
    ["none, with nothing else said", `${toBase64Url(utf8('{"alg":"none"}'))}.${whole.split(".")[1]}.`],
    ["HS256", withHeader({ alg: "HS256", kid: "k", typ: "claviger-sequencer" })],
    ["ES256", withHeader({ alg: "ES256", kid: "k", typ: "claviger-sequencer" })],
    ["EdDSA in other letters", withHeader({ alg: "eddsa", kid: "k", typ: "claviger-sequencer" })],
  ])("that asks for the algorithm %s is refused for that", (_, text) => {
    expect(split(text)).toMatchObject({ code: "SEQUENCER_MALFORMED", flaw: "otherAlgorithm" })
  })

  test("that is too long is refused before anything of it is read", () => {
    expect(split("a".repeat(8193))).toMatchObject({ code: "SEQUENCER_MALFORMED", flaw: "tooLong" })
  })

  test("is never too long, however long its path, its cell's name and its holder's name are", () => {
    // Quotes take two characters in JSON, control characters six; paths have none of the latter.
    const cell = "c".repeat(63)
    const parts = Array.from({ length: 60 }, () => '"'.repeat(15))
    const path = `/ls/${cell}/${parts.join("/")}`.slice(0, limits.pathBytesMax)
    const longest: SequencerStatement = {
      ...{ cell, path, cellId: "i".repeat(64), mode: "exclusive" },
      ...{ instance: Number.MAX_SAFE_INTEGER, lockGeneration: Number.MAX_SAFE_INTEGER, epoch: Number.MAX_SAFE_INTEGER },
      ...{ principal: "\u0001".repeat(limits.principalBytesMax), issuedAt: Number.MAX_SAFE_INTEGER },
    }
    expect(path.length).toBeGreaterThan(1_000)
    const parted = split(assemble(signingInput(longest, "k".repeat(43)), signature))
    expect(parted).toMatchObject({ kind: "sequencer", statement: longest })
  })

  test("says more than the cell compares with its locks", () => {
    expect(claimsOf(statement)).toEqual({
      ...{ cell: "test", path: "/ls/test/job", instance: 7, mode: "exclusive", lockGeneration: 3 },
    })
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
