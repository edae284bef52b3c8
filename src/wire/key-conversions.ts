/** Keys of sequencers on the wire: their public halves. */
import { type SequencerKey, type SequencerKeys, keyBytes } from "../contract/signing-keys.ts"
import type {
  GetSequencerKeysResponse,
  GetSequencerKeysResponse__Output,
} from "./generated/claviger/v1/GetSequencerKeysResponse.ts"
import type { SequencerKey as WireKey, SequencerKey__Output } from "./generated/claviger/v1/SequencerKey.ts"
import type { Conversions } from "./messages.ts"
import { MalformedMessageError, ownBytes, uint64, wholeNumber } from "./terms.ts"
import { keyStates } from "./words.ts"

export const keyConversions: Conversions<"rotateSigningKeys"> = {
  rotateSigningKeys: {
    writeRequest: ({ revoke }) => ({ revoke }),
    readRequest: ({ revoke }) => ({ kind: "rotateSigningKeys", revoke }),
    writeResponse: ({ keys }) => ({ keys: keys.map(keyToWire) }),
    readResponse: ({ keys }) => ({ kind: "rotateSigningKeys", keys: keys.map(keyToContract) }),
  },
}

export function sequencerKeysToWire({ keys, commitIndex }: SequencerKeys): GetSequencerKeysResponse {
  return { keys: keys.map(keyToWire), commitIndex: uint64(commitIndex) }
}

/** Raises `MalformedMessageError` if these are no keys. */
export function sequencerKeysToContract({ keys, commitIndex }: GetSequencerKeysResponse__Output): SequencerKeys {
  return { keys: keys.map(keyToContract), commitIndex: wholeNumber(commitIndex) }
}

function keyToWire({ keyId, state, since, publicKey }: SequencerKey): WireKey {
  return { keyId, state: keyStates.toWire(state), since: uint64(since), publicKey: Buffer.from(publicKey) }
}

function keyToContract({ keyId, state, since, publicKey }: SequencerKey__Output): SequencerKey {
  if (publicKey.length !== keyBytes) throw new MalformedMessageError(`a public key of ${publicKey.length} bytes`)
  return { keyId, state: keyStates.toContract(state), since: wholeNumber(since), publicKey: ownBytes(publicKey) }
}
