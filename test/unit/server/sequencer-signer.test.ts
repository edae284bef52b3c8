/** Signatures of sequencers, compared with RFC 8037 and with a second implementation of Ed25519. */
import nacl from "tweetnacl"
import { describe, expect, test } from "vitest"
import { SequencerSigner } from "../../../src/server/sequencer-signer.ts"

const claims = { cell: "test", path: "/ls/test/job", instance: 7, mode: "exclusive", lockGeneration: 12 } as const
const seed = new Uint8Array(32).map((_, index) => index)

function decoded(part: string | undefined): unknown {
  return JSON.parse(Buffer.from(part ?? "", "base64url").toString())
}

describe("a signed sequencer", () => {
  test("is a compact JWS whose claims can be read by anyone", () => {
    const [header, payload] = new SequencerSigner(seed).sign(claims).split(".")
    expect(decoded(header)).toMatchObject({ alg: "EdDSA" })
    expect(decoded(payload)).toEqual(claims)
  })

  test("names its key by the RFC 7638 thumbprint, as in the example of RFC 8037", () => {
    // RFC 8037, appendices A.1 to A.3.
    const example = new SequencerSigner(Buffer.from("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A", "base64url"))
    const [header] = example.sign(claims).split(".")
    expect(decoded(header)).toMatchObject({ kid: "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k" })
  })

  test("has the signature that any implementation of Ed25519 makes of the same seed", () => {
    const [header, payload, signature] = new SequencerSigner(seed).sign(claims).split(".")
    const { publicKey } = nacl.sign.keyPair.fromSeed(seed)
    const signed = new TextEncoder().encode(`${header}.${payload}`)
    expect(nacl.sign.detached.verify(signed, Buffer.from(signature ?? "", "base64url"), publicKey)).toBe(true)
  })

  test("is found genuine, again and again", () => {
    const signer = new SequencerSigner(seed)
    const sequencer = signer.sign(claims)
    for (let round = 0; round < 2; round += 1) expect(signer.verify(sequencer)).toEqual({ kind: "genuine", claims })
  })
})

describe("a sequencer is not taken for genuine", () => {
  const signer = new SequencerSigner(seed)
  const [header, payload, signature] = signer.sign(claims).split(".") as [string, string, string]

  test("with other claims under an honest signature", () => {
    const raised = Buffer.from(JSON.stringify({ ...claims, lockGeneration: 13 })).toString("base64url")
    expect(signer.verify(`${header}.${raised}.${signature}`)).toEqual({ kind: "forged" })
  })

  test("signed by another cell, even if it claims this cell's key", () => {
    const other = new SequencerSigner(new Uint8Array(32).fill(1)).sign(claims)
    expect(signer.verify(other)).toEqual({ kind: "forged" })
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
