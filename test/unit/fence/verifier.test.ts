import { createHmac } from "node:crypto"
import { describe, expect, test } from "vitest"
import { toBase64Url } from "../../../src/contract/base64url.ts"
import { signingInput } from "../../../src/contract/sequencer.ts"
import { fixedKeys, type Freshness, type KeySource } from "../../../src/fence/keys.ts"
import { nodeVerify } from "../../../src/fence/node/node-verify.ts"
import { isCanonicalSignature, verifyWithTweetnacl } from "../../../src/fence/signatures.ts"
import { SequencerVerifier } from "../../../src/fence/verifier.ts"
import { encoded, jwkSet, statement, TestKey } from "../../support/sequencers.ts"

const key = new TestKey(1)
const stranger = new TestKey(2)
const keys = fixedKeys(jwkSet(key))
const genuine = key.sign()
const [header, claims, signature] = genuine.split(".") as [string, string, string]

/** The order of the group, added to the second half of a signature: the same number, in another spelling. */
function respelled(text: string): string {
  const order = 2n ** 252n + 27742317777372353535851937790883648493n
  const bytes = Buffer.from(text, "base64url")
  const half = BigInt(`0x${Buffer.from(bytes.subarray(32)).reverse().toString("hex")}`) + order
  const second = Buffer.from(half.toString(16).padStart(64, "0"), "hex").reverse()
  return toBase64Url(Buffer.concat([bytes.subarray(0, 32), second]))
}

function flipped(text: string, at: number): string {
  return text.slice(0, at) + (text[at] === "A" ? "B" : "A") + text.slice(at + 1)
}

function withHeader(changes: object): string {
  return encoded({ alg: "EdDSA", kid: key.jwk.kid, typ: "claviger-sequencer", ...changes })
}

/** The key that everybody knows, used as if it were a secret that two share. */
function signedWithPublicKey(): string {
  const signed = `${withHeader({ alg: "HS256" })}.${claims}`
  return `${signed}.${createHmac("sha256", key.publicKey).update(signed).digest("base64url")}`
}

describe.each([
  ["tweetnacl", verifyWithTweetnacl],
  ["Node", nodeVerify],
])("a verifier with %s", (_, verifySignature) => {
  const verifier = new SequencerVerifier({ keys, cell: "test", cellId: "cell-for-tests", verifySignature })

  test("finds genuine what the cell has signed, and says what it states", () => {
    expect(verifier.verify(genuine)).toEqual({ kind: "genuine", statement })
  })

  test.each([
    ["missing", "nothing", undefined],
    ["missing", "an empty text", ""],
    ["malformed", "no text", 7],
    ["malformed", "a list", [genuine]],
    ["malformed", "an object with a text of its own", { toString: () => genuine }],
    ["malformed", "null", null],
    ["malformed", "prose", "let me in"],
    ["malformed", "one that lacks its last letter", genuine.slice(0, -1)],
    ["malformed", "one that lacks its signature", `${header}.${claims}.`],
    ["malformed", "one that lacks a part", `${header}.${claims}`],
    ["malformed", "one with a blank", ` ${genuine}`],
    ["malformed", "one of another type", key.signText(`${withHeader({ typ: "JWT" })}.${claims}`)],
    [
      "malformed",
      "one with a critical extension",
      key.signText(`${withHeader({ crit: ["b64"], b64: false })}.${claims}`),
    ],
    ["malformed", "other claims, well signed", key.signText(`${header}.${encoded({ sub: "alice" })}`)],
    ["tooLong", "an endless text", "a".repeat(8193)],
    ["tooLong", "a genuine one with an endless claim", key.sign({ principal: "a".repeat(8000) })],
    ["otherAlgorithm", "one that needs no signature", `${withHeader({ alg: "none" })}.${claims}.`],
    ["otherAlgorithm", "one that needs none, with one", `${withHeader({ alg: "none" })}.${claims}.${signature}`],
    ["otherAlgorithm", "one with the public key as a secret", signedWithPublicKey()],
    ["unknownKey", "one of a stranger", stranger.sign()],
    ["badSignature", "one of a stranger who claims the cell's key", stranger.sign({}, key.jwk.kid)],
    ["badSignature", "one with a bit of its claims flipped", key.sign({}).replace(claims, bitFlippedClaims())],
    ["badSignature", "one with a bit of its signature flipped", `${header}.${claims}.${flipped(signature, 10)}`],
    ["badSignature", "the claims of one with the signature of another", mixed()],
    ["badSignature", "a second spelling of its signature", `${header}.${claims}.${respelled(signature)}`],
    ["otherCell", "one of a cell with another name", key.sign({ cell: "other", path: "/ls/other/job" })],
    ["otherCell", "one of another cell of that name", key.sign({ cellId: "cell-of-old-times" })],
  ] as const)("refuses as %s: %s", (reason, _what, text) => {
    const verdict = verifier.verify(text)
    expect(verdict).toMatchObject({ kind: "refused", reason })
    // Again, for what was refused must not be remembered as anything else.
    expect(verifier.verify(text)).toEqual(verdict)
    expect(verdict.kind === "refused" && verdict.detail.endsWith(".") && verdict.detail.length < 300).toBe(true)
  })

  test("refuses a genuine one with any single letter changed", () => {
    for (let at = 0; at < genuine.length; at += 5) {
      expect(verifier.verify(flipped(genuine, at))).toMatchObject({ kind: "refused" })
    }
  })
})

/** Still claims of a sequencer, of generation 13 instead of 12. */
function bitFlippedClaims(): string {
  return Buffer.from(Buffer.from(claims, "base64url").toString().replace(":12,", ":13,")).toString("base64url")
}

function mixed(): string {
  const [, raised] = key.sign({ lockGeneration: 99 }).split(".") as [string, string]
  return `${header}.${raised}.${signature}`
}

test("the signature in a second spelling is one that tweetnacl by itself would take", () => {
  const bytes = new Uint8Array(Buffer.from(respelled(signature), "base64url"))
  expect(verifyWithTweetnacl(bytes, Buffer.from(signingInput(statement, key.jwk.kid)), key.publicKey)).toBe(true)
  expect(isCanonicalSignature(bytes)).toBe(false)
})

describe("a verifier", () => {
  test("that was told no cell takes whichever the keys are of", () => {
    const verifier = new SequencerVerifier({ keys })
    expect(verifier.verify(key.sign({ cell: "other", path: "/ls/other/job" }))).toMatchObject({ kind: "genuine" })
  })

  test("verifies a signature once", () => {
    let count = 0
    const verifier = new SequencerVerifier({ keys, verifySignature: () => (count += 1) > 0 })
    for (let round = 0; round < 5; round += 1) expect(verifier.verify(genuine)).toMatchObject({ kind: "genuine" })
    expect(count).toBe(1)
  })

  test("takes a check that throws for one that says no", () => {
    const verifySignature = (): boolean => {
      throw new Error("out of order")
    }
    expect(new SequencerVerifier({ keys, verifySignature }).verify(genuine)).toMatchObject({ reason: "badSignature" })
  })

  test("forgets what it found genuine when its key is revoked", () => {
    const known = new Map([[key.jwk.kid, key.publicKey]])
    const verifier = new SequencerVerifier({ keys: { find: (keyId) => known.get(keyId) } })
    expect(verifier.verify(genuine)).toMatchObject({ kind: "genuine" })
    known.delete(key.jwk.kid)
    expect(verifier.verify(genuine)).toMatchObject({ reason: "unknownKey" })
  })
})

describe("a key that is not at hand", () => {
  function fetching(answer: Freshness, learned: TestKey[]): KeySource & { fetchCount: number } {
    const known = new Map<string, Uint8Array>()
    return {
      fetchCount: 0,
      find: (keyId) => known.get(keyId),
      async refresh() {
        this.fetchCount += 1
        for (const { jwk, publicKey } of learned) known.set(jwk.kid, publicKey)
        return answer
      },
    }
  }

  test("is asked for, and then used", async () => {
    const source = fetching("current", [key])
    const verifier = new SequencerVerifier({ keys: source })
    expect(await verifier.verifyFetching(genuine)).toMatchObject({ kind: "genuine" })
    expect(await verifier.verifyFetching(genuine)).toMatchObject({ kind: "genuine" })
    expect(source.fetchCount).toBe(1)
  })

  test("is unknown if the cell doesn't have it", async () => {
    const verifier = new SequencerVerifier({ keys: fetching("current", [key]) })
    expect(await verifier.verifyFetching(stranger.sign())).toMatchObject({ reason: "unknownKey" })
  })

  test("may be one that the cell has made since it was asked a moment ago: the caller is to try again", async () => {
    const verifier = new SequencerVerifier({ keys: fetching("recent", []) })
    expect(await verifier.verifyFetching(genuine)).toMatchObject({ reason: "keysUnreachable", code: "NO_QUORUM" })
    const joining = new SequencerVerifier({ keys: fetching("recent", [key]) })
    expect(await joining.verifyFetching(genuine)).toMatchObject({ kind: "genuine" })
    expect(await joining.verifyFetching(flipped(genuine, genuine.length - 20))).toMatchObject({
      reason: "badSignature",
    })
  })

  test("may be the cell's while that can't be asked, which is another refusal", async () => {
    const verifier = new SequencerVerifier({ keys: fetching("unreachable", []) })
    expect(await verifier.verifyFetching(genuine)).toMatchObject({ reason: "keysUnreachable", code: "NO_QUORUM" })
  })

  test("is not asked for on account of rubbish", async () => {
    const source = fetching("current", [])
    const verifier = new SequencerVerifier({ keys: source })
    expect(await verifier.verifyFetching("rubbish")).toMatchObject({ reason: "malformed" })
    expect(source.fetchCount).toBe(0)
  })

  test("is unreachable if a source of one's own throws, against its promise", async () => {
    const fail = (): never => {
      throw new Error("disk on fire")
    }
    const keysUnreachable = { kind: "refused", reason: "keysUnreachable", cause: new Error("disk on fire") }
    const finds = new SequencerVerifier({ keys: { find: fail } })
    expect(finds.verify(genuine)).toMatchObject(keysUnreachable)
    expect(await finds.verifyFetching(genuine)).toMatchObject(keysUnreachable)
    const refreshes = new SequencerVerifier({ keys: { find: () => undefined, refresh: fail } })
    expect(await refreshes.verifyFetching(genuine)).toMatchObject(keysUnreachable)
  })
})
