/** Signing keys that a test can tell apart: equal numbers make equal seeds. */
import { present } from "../../src/base/assert.ts"
import type { SequencerStatement } from "../../src/contract/sequencer.ts"
import type { SigningSecret } from "../../src/contract/signing-keys.ts"
import { Keyring } from "../../src/server/keyring.ts"
import { SequencerSigner, type Verification } from "../../src/server/sequencer-signer.ts"

export function seedOf(number: number): Uint8Array {
  return new Uint8Array(32).fill(number)
}

/** In order of age: the last one is next, the one before it current, and the others retired. */
export function secretsOf(...numbers: readonly number[]): readonly SigningSecret[] {
  return numbers.map((number, index) => {
    const behind = numbers.length - 1 - index
    return {
      seed: seedOf(number),
      state: behind === 0 ? "next" : behind === 1 ? "current" : "retired",
      since: index + 1,
    }
  })
}

export interface KnowingSigner {
  sign(statement: SequencerStatement): string
  verify(text: string): Verification
}

/** Of a cell that has just these keys. */
export function signerWith(secrets: readonly SigningSecret[]): KnowingSigner {
  const signer = new SequencerSigner(new Keyring({ signingKeys: () => secrets }))
  return {
    sign: (statement) => present(signer.sign(statement), "it knows the keys"),
    verify: (text) => signer.verify(text),
  }
}

/** Of a cell whose current key is made of this seed. */
export function signerOf(seed: Uint8Array): KnowingSigner {
  return signerWith([
    { seed, state: "current", since: 1 },
    { seed: seedOf(255), state: "next", since: 1 },
  ])
}
