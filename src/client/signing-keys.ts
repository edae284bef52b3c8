/** The keys that sign sequencers: for administrators, who have them take turns. */
import type { SequencerKey } from "../contract/signing-keys.ts"
import { demand, flag } from "./argument-rules.ts"
import type { CallIssuer, CallOptions } from "./session-calls.ts"

export interface RotateSigningKeysOptions extends CallOptions {
  /**
   * No key of before counts any more, for when one may be known to somebody. Then the sequencers of all held locks have
   * to be fetched again; otherwise they stay valid as long as their locks are held.
   */
  readonly revoke?: boolean | undefined
}

/** Answers with the keys as they are then, in order of age. */
export async function rotateSigningKeys(
  issuer: CallIssuer,
  options: RotateSigningKeysOptions = {},
): Promise<readonly SequencerKey[]> {
  const { revoke = false } = options
  demand("revoke", revoke, flag)
  const { keys } = await issuer.call<"rotateSigningKeys">({ kind: "rotateSigningKeys", revoke }, options)
  return keys
}
