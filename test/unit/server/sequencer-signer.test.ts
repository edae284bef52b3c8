/** Signatures of sequencers, compared with RFC 8037 and with a second implementation of Ed25519. */
import { compactVerify, importJWK } from "jose"
import nacl from "tweetnacl"
import { describe, expect, test } from "vitest"
import { Keyring } from "../../../src/server/keyring.ts"
import { SequencerSigner } from "../../../src/server/sequencer-signer.ts"
import { statement } from "../../support/sequencers.ts"
import { secretsOf, signerOf, signerWith } from "../../support/signing-keys.ts"

const seed = new Uint8Array(32).map((_, index) => index)

function decoded(part: string | undefined): unknown {
  return JSON.parse(Buffer.from(part ?? "", "base64url").toString())
}

describe("a signed sequencer", () => {
  test("is a compact JWS whose claims can be read by anyone", () => {
    const [header, payload] = signerOf(seed).sign(statement).split(".")
    expect(decoded(header)).toMatchObject({ alg: "EdDSA" })
    const { issuedAt, ...claims } = statement
    expect(decoded(payload)).toEqual({ ...claims, iat: issuedAt })
  })

  test("names its key by the RFC 7638 thumbprint, as in the example of RFC 8037", () => {
    // RFC 8037, appendices A.1 to A.3.
    const example = signerOf(Buffer.from("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A", "base64url"))
    const [header] = example.sign(statement).split(".")
    expect(decoded(header)).toMatchObject({ kid: "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k" })
  })

  test("has the signature that any implementation of Ed25519 makes of the same seed", () => {
    const [header, payload, signature] = signerOf(seed).sign(statement).split(".")
    const { publicKey } = nacl.sign.keyPair.fromSeed(seed)
    const signed = new TextEncoder().encode(`${header}.${payload}`)
    expect(nacl.sign.detached.verify(signed, Buffer.from(signature ?? "", "base64url"), publicKey)).toBe(true)
  })

  test("is verified by a library that knows JOSE and nothing of cells", async () => {
    const { publicKey } = nacl.sign.keyPair.fromSeed(seed)
    const x = Buffer.from(publicKey).toString("base64url")
    const key = await importJWK({ kty: "OKP", crv: "Ed25519", x }, "EdDSA")
    const sequencer = signerOf(seed).sign(statement)
    const { payload, protectedHeader } = await compactVerify(sequencer, key, { algorithms: ["EdDSA"] })
    expect(protectedHeader.typ).toBe("claviger-sequencer")
    expect(JSON.parse(new TextDecoder().decode(payload))).toMatchObject({ path: "/ls/test/job", lockGeneration: 12 })
  })

  test("is found genuine, again and again", () => {
    const signer = signerOf(seed)
    const sequencer = signer.sign(statement)
    for (let round = 0; round < 2; round += 1) expect(signer.verify(sequencer)).toEqual({ kind: "genuine", statement })
  })
})

describe("a sequencer is not taken for genuine", () => {
  const signer = signerOf(seed)
  const [header, payload, signature] = signer.sign(statement).split(".") as [string, string, string]

  test("with other claims under an honest signature", () => {
    const [, raised] = signer.sign({ ...statement, lockGeneration: 13 }).split(".")
    expect(signer.verify(`${header}.${raised}.${signature}`)).toEqual({ kind: "forged" })
  })

  test("signed by another cell, even if it claims this cell's key", () => {
    const other = signerOf(new Uint8Array(32).fill(1)).sign(statement)
    expect(signer.verify(other)).toMatchObject({ kind: "unknownKey" })
    const [, , foreignSignature] = other.split(".")
    expect(signer.verify(`${header}.${payload}.${foreignSignature}`)).toEqual({ kind: "forged" })
  })

  test("with an algorithm that asks for no signature", () => {
    const none = Buffer.from(JSON.stringify({ alg: "none" })).toString("base64url")
    expect(signer.verify(`${none}.${payload}.`)).toMatchObject({ kind: "refused", code: "SEQUENCER_MALFORMED" })
  })

  test("cut short", () => {
    expect(signer.verify(`${header}.${payload}`)).toMatchObject({ kind: "refused", code: "SEQUENCER_MALFORMED" })
  })
})

describe("when keys rotate", () => {
  let secrets = secretsOf(1, 2)
  const signer = new SequencerSigner(new Keyring({ signingKeys: () => secrets }))
  const first = signer.sign(statement) ?? ""

  test("a sequencer of a retired key stays genuine, and new ones are signed by the key that was next", () => {
    secrets = secretsOf(1, 2, 3)
    expect(signer.verify(first)).toEqual({ kind: "genuine", statement })
    const second = signer.sign(statement) ?? ""
    expect(signerWith(secretsOf(2, 3)).verify(second)).toEqual({ kind: "genuine", statement })
    expect(signerWith(secretsOf(1, 9)).verify(second)).toMatchObject({ kind: "unknownKey" })
  })

  test("a verifier that was told of the next key accepts what it signs after the rotation", () => {
    secrets = secretsOf(1, 2, 3)
    expect(signerWith(secretsOf(1, 2)).verify(signer.sign(statement) ?? "")).toEqual({ kind: "genuine", statement })
  })

  test("a sequencer of a revoked key is none of the cell's any more, though it was seen before", () => {
    secrets = secretsOf(1, 2)
    expect(signer.verify(first)).toMatchObject({ kind: "genuine" })
    secrets = secretsOf(4, 5)
    expect(signer.verify(first)).toMatchObject({ kind: "unknownKey" })
  })

  test("where no key is known nothing is signed", () => {
    secrets = []
    expect(signer.sign(statement)).toBeUndefined()
    expect(signer.verify(first)).toMatchObject({ kind: "unknownKey" })
  })
})
