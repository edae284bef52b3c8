/** Sequencers and keys before a library that knows JOSE and nothing of cells: what one signs, the other verifies. */
import { CompactSign, calculateJwkThumbprint, compactVerify, createLocalJWKSet, generateKeyPair, exportJWK } from "jose"
import { describe, expect, test } from "vitest"
import { fixedKeys } from "../../../src/fence/keys.ts"
import { nodeVerify } from "../../../src/fence/node/node-verify.ts"
import { verifyWithTweetnacl } from "../../../src/fence/signatures.ts"
import { SequencerVerifier } from "../../../src/fence/verifier.ts"
import { encoded, jwkSet, statement, TestKey } from "../../support/sequencers.ts"

const key = new TestKey(1)
const { issuedAt, ...facts } = statement
const claims = { ...facts, iat: issuedAt }
const header = { alg: "EdDSA", typ: "claviger-sequencer" }

describe("jose", () => {
  const keys = createLocalJWKSet({ keys: [...jwkSet(new TestKey(2), key).keys] })

  test("verifies a sequencer with the cell's set of keys, and reads its claims", async () => {
    const { payload, protectedHeader } = await compactVerify(key.sign(), keys, { algorithms: ["EdDSA"] })
    expect(protectedHeader).toEqual({ ...header, kid: key.jwk.kid })
    expect(JSON.parse(new TextDecoder().decode(payload))).toEqual(claims)
  })

  test("refuses one that was tampered with, and one of a stranger, as the fence does", async () => {
    const [head, , signature] = key.sign().split(".")
    for (const text of [
      [head, encoded({ ...claims, lockGeneration: 99 }), signature].join("."),
      new TestKey(3).sign({}, key.jwk.kid),
    ]) {
      await expect(compactVerify(text, keys)).rejects.toThrow("signature verification failed")
      expect(new SequencerVerifier({ keys: fixedKeys(jwkSet(key)) }).verify(text)).toMatchObject({
        reason: "badSignature",
      })
    }
  })

  test("computes the same id for a key", async () => {
    expect(await calculateJwkThumbprint(key.jwk)).toBe(key.jwk.kid)
  })
})

test.each([
  ["Node", nodeVerify],
  ["tweetnacl", verifyWithTweetnacl],
])("a verifier with %s finds genuine what jose has signed with a key of its own making", async (_, verifySignature) => {
  const { privateKey, publicKey } = await generateKeyPair("EdDSA", { extractable: true })
  const jwk = await exportJWK(publicKey)
  const kid = await calculateJwkThumbprint(jwk)
  const text = await new CompactSign(new TextEncoder().encode(JSON.stringify(claims)))
    .setProtectedHeader({ ...header, kid })
    .sign(privateKey)
  const verifier = new SequencerVerifier({ keys: fixedKeys({ keys: [{ ...jwk, kid }] }), verifySignature })
  expect(verifier.verify(text)).toEqual({ kind: "genuine", statement })
})
