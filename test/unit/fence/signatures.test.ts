/**
 * Two implementations of Ed25519, tweetnacl and OpenSSL, against the vectors of RFC 8032 (7.1), against each other, and
 * on signatures made to tell implementations apart: those of "Taming the many EdDSAs" (Chalkias et al., 2020).
 */
import { generateKeyPairSync, sign } from "node:crypto"
import fc from "fast-check"
import nacl from "tweetnacl"
import { describe, expect, test } from "vitest"
import { nodeVerify } from "../../../src/fence/node/node-verify.ts"
import {
  isCanonicalSignature,
  isSoundPublicKey,
  verifyWithTweetnacl,
  type VerifySignature,
} from "../../../src/fence/signatures.ts"

const implementations: readonly (readonly [string, VerifySignature])[] = [
  ["tweetnacl", verifyWithTweetnacl],
  ["Node", nodeVerify],
]

interface Vector {
  readonly publicKey: string
  readonly message: string
  readonly signature: string
}

const rfc8032: readonly Vector[] = [
  {
    publicKey: "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
    message: "",
    signature:
      "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155" +
      "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
  },
  {
    publicKey: "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
    message: "72",
    signature:
      "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da" +
      "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
  },
  {
    publicKey: "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
    message: "af82",
    signature:
      "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac" +
      "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
  },
  {
    publicKey: "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
    message:
      "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a" +
      "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
    signature:
      "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b589" +
      "09351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704",
  },
]

/** The second half of each is at or above the order of the group: cases 6 and 7 of the paper. */
const malleable: readonly Vector[] = [
  "e96f66be976d82e60150baecff9906684aebb1ef181f67a7189ac78ea23b6c0e" +
    "547f7690a0e2ddcd04d87dbc3490dc19b3b3052f7ff0538cb68afb369ba3a514",
  "8ce5b96c8f26d0ab6c47958c9e68b937104cd36e13c33566acd2fe8d38aa1942" +
    "7e71f98a473474f2f13f06f97c20d58cc3f54b8bd0d272f42b695dd7e89a8c22",
].map((signature) => ({
  publicKey: "442aad9f089ad9e14647b1ef9099a1ff4798d78589e66f28eca69c11f582a623",
  message: "85e241a07d148b41e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec40",
  signature,
}))

/** Good with a cofactor in the equation, and not without; and with a first half in another spelling: cases 4, 5, 8, 9. */
const ambiguous: readonly Vector[] = [
  {
    publicKey: "cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d",
    message: "e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec4011eaccd55b53f56c",
    signature:
      "160a1cb0dc9c0258cd0a7d23e94d8fa878bcb1925f2c64246b2dee1796bed512" +
      "5ec6bc982a269b723e0668e540911a9a6a58921d6925e434ab10aa7940551a09",
  },
  {
    publicKey: "cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d",
    message: "e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec4011eaccd55b53f56c",
    signature:
      "21122a84e0b5fca4052f5b1235c80a537878b38f3142356b2c2384ebad4668b7" +
      "e40bc836dac0f71076f9abe3a53f9c03c1ceeeddb658d0030494ace586687405",
  },
  {
    publicKey: "f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43",
    message: "fdaebc429f4a735932a160da1301080c13280eea8bc280d1b392c6b9e6ba3a5a",
    signature:
      "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f" +
      "454d370c8d9fc323a41450f8d513eafeb5b0697390c1e505a0d4ddc71f566607",
  },
  {
    publicKey: "f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43",
    message: "84b698d39be126ff55fe45079e6c8bf64a0d7db6994560b4e96b7021eb39c1a1",
    signature:
      "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f" +
      "084d5b99c2a9463d9c8bd5026916996984eeec87ddf1d3be329006ace1b37b09",
  },
]

/** By the number y alone; the highest bit of the last byte is the sign of x. The last two are spelled in another way. */
const smallOrder: readonly string[] = [
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0100000000000000000000000000000000000000000000000000000000000000",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
]

function bytes(hexadecimal: string): Uint8Array {
  return new Uint8Array(Buffer.from(hexadecimal, "hex"))
}

function isVerifiedBy(verify: VerifySignature, { publicKey, message, signature }: Vector): boolean {
  return verify(bytes(signature), bytes(message), bytes(publicKey))
}

describe.each(implementations)("%s", (_, verify) => {
  test("verifies the vectors of RFC 8032", () => {
    for (const vector of rfc8032) expect(isVerifiedBy(verify, vector)).toBe(true)
  })

  test("refuses them with any one bit of the signature, the message or the key flipped", () => {
    const [, vector] = rfc8032 as [Vector, Vector]
    for (const part of ["publicKey", "message", "signature"] as const) {
      for (let bit = 0; bit < vector[part].length * 4; bit += 7) {
        const changed = bytes(vector[part])
        changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
        expect(isVerifiedBy(verify, { ...vector, [part]: Buffer.from(changed).toString("hex") })).toBe(false)
      }
    }
  })

  test("refuses what holds only with a cofactor, or with another spelling of its first half", () => {
    for (const vector of ambiguous) expect(isVerifiedBy(verify, vector)).toBe(false)
  })

  test("takes a public key of small order, under which one signature is good for many messages", () => {
    const identity = smallOrder[1] ?? ""
    const signature = identity + "00".repeat(32)
    for (const message of ["", "01", "0203"]) {
      expect(isVerifiedBy(verify, { publicKey: identity, message, signature })).toBe(true)
    }
  })
})

describe("a signature in a second spelling", () => {
  test("is where the two differ: tweetnacl takes it, Node does not", () => {
    for (const vector of malleable) {
      expect(isVerifiedBy(verifyWithTweetnacl, vector)).toBe(true)
      expect(isVerifiedBy(nodeVerify, vector)).toBe(false)
    }
  })

  test("is not canonical, so that neither is asked", () => {
    for (const { signature } of malleable) expect(isCanonicalSignature(bytes(signature))).toBe(false)
    for (const { signature } of [...rfc8032, ...ambiguous]) expect(isCanonicalSignature(bytes(signature))).toBe(true)
  })

  test("begins with the order of the group itself", () => {
    const order = "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010"
    const belowIt = order.replace("ed", "ec")
    expect(isCanonicalSignature(bytes("00".repeat(32) + order))).toBe(false)
    expect(isCanonicalSignature(bytes("00".repeat(32) + belowIt))).toBe(true)
  })
})

describe("a public key", () => {
  test("is sound if somebody honest has made it", () => {
    for (let number = 0; number < 100; number += 1) {
      expect(isSoundPublicKey(nacl.sign.keyPair.fromSeed(new Uint8Array(32).fill(number)).publicKey)).toBe(true)
    }
  })

  test("is not sound if it is of small order, with either sign and in either spelling", () => {
    for (const point of smallOrder) {
      const key = bytes(point)
      expect(isSoundPublicKey(key)).toBe(false)
      key[31] = (key[31] ?? 0) | 0x80
      expect(isSoundPublicKey(key)).toBe(false)
    }
  })

  test("is not sound in a second spelling, nor with too few or too many bytes", () => {
    expect(isSoundPublicKey(bytes(`f0${"ff".repeat(30)}7f`))).toBe(false)
    expect(isSoundPublicKey(new Uint8Array(31).fill(9))).toBe(false)
    expect(isSoundPublicKey(new Uint8Array(33).fill(9))).toBe(false)
  })
})

test("both agree about canonical signatures, good and spoilt, of keys that either has made", () => {
  const byNode = generateKeyPairSync("ed25519")
  const nodeKey = bytes(Buffer.from(byNode.publicKey.export({ format: "jwk" }).x ?? "", "base64url").toString("hex"))
  const byTweetnacl = nacl.sign.keyPair.fromSeed(new Uint8Array(32).fill(5))
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(511), fc.boolean(), (message, bit, isSpoilt) => {
      for (const [key, signature] of [
        [nodeKey, new Uint8Array(sign(null, message, byNode.privateKey))],
        [byTweetnacl.publicKey, nacl.sign.detached(message, byTweetnacl.secretKey)],
      ] as const) {
        if (isSpoilt) signature[bit >> 3] = (signature[bit >> 3] ?? 0) ^ (1 << (bit & 7))
        if (!isCanonicalSignature(signature)) continue
        expect(verifyWithTweetnacl(signature, message, key)).toBe(!isSpoilt)
        expect(nodeVerify(signature, message, key)).toBe(!isSpoilt)
      }
    }),
    { numRuns: 60 },
  )
})
