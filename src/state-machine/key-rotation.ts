/**
 * How the keys that sign sequencers take turns. A rotation is no event for those who verify: the key that begins to sign
 * was published by the rotation before, and a key that has signed goes only when nothing that it signed can count any
 * more, for a sequencer is good no longer than its hold lasts. A revocation gives all of that up: a stolen key must not
 * be good for anything.
 */
import type { Slot } from "../base/brand.ts"
import { refuse } from "../contract/errors.ts"
import { limits } from "../contract/limits.ts"
import { type SigningSecret, keyBytes } from "../contract/signing-keys.ts"
import { refuseUnlessAdministrator } from "./acl.ts"
import type { Caller } from "./caller.ts"
import type { MutatingOperation } from "./commands.ts"
import type { Holder } from "./lock.ts"
import type { Node } from "./node.ts"
import type { StoredOutcome } from "./outcome-codec.ts"
import { type State, pathOf } from "./state.ts"

/** One that signs and the next one. Undefined: these are no seeds. */
export function firstSigningKeys(seeds: readonly Uint8Array[], since: Slot): readonly SigningSecret[] | undefined {
  const [current, next, ...others] = seeds
  if (current?.length !== keyBytes || next?.length !== keyBytes || others.length > 0) return undefined
  // Copies: what was decoded is a view into the whole batch.
  return [
    { seed: current.slice(), state: "current", since },
    { seed: next.slice(), state: "next", since },
  ]
}

export function rotateSigningKeys(
  state: State,
  caller: Caller,
  { revoke, seeds, isScheduled }: Extract<MutatingOperation, { kind: "rotateSigningKeys" }>,
): StoredOutcome {
  const { secrets, slotAtHand: since } = state
  const refusal = isScheduled ? undefined : refuseUnlessAdministrator(state, caller.principal, "To rotate signing keys")
  if (refusal !== undefined) return refusal
  const fresh = firstSigningKeys(seeds, since)
  if (secrets === undefined || fresh === undefined) return refuse("INVALID_ARGUMENT", "There is nothing to rotate.")
  if (revoke) {
    state.secrets = { ...secrets, signingKeys: fresh }
    return rotated
  }
  const oldest = oldestHold(state)
  const kept = secrets.signingKeys.filter(({ state, since: retiredIn }) => {
    return state !== "retired" || (oldest !== undefined && oldest.holder.since <= retiredIn)
  })
  if (oldest !== undefined && kept.length >= limits.signingKeysMax) {
    const { holder, node } = oldest
    return refuse(
      "QUOTA_EXCEEDED",
      `The cell keeps ${kept.length} signing keys, the most allowed, because session ${holder.sessionId} has held ` +
        `${pathOf(state, node)} since slot ${holder.since}: have it acquired anew, or revoke all keys.`,
    )
  }
  const moved = kept.map((key) => (key.state === "retired" ? key : movedOn(key, since)))
  state.secrets = { ...secrets, signingKeys: [...moved, ...fresh.slice(1)] }
  return rotated
}

const rotated: StoredOutcome = { kind: "rotateSigningKeys" }

function movedOn({ seed, state }: SigningSecret, since: Slot): SigningSecret {
  return { seed, state: state === "next" ? "current" : "retired", since }
}

/** A key signs for no hold granted after it was retired: GetSequencer and the grant itself are signed by the current one. */
function oldestHold({ sessions }: State): { readonly node: Node; readonly holder: Holder } | undefined {
  const locked = new Set<Node>()
  for (const { engagements } of sessions.all()) {
    for (const node of engagements.keys()) if (node.lock !== undefined) locked.add(node)
  }
  let oldest: { readonly node: Node; readonly holder: Holder } | undefined
  for (const node of locked) {
    for (const holder of node.lock?.holders ?? []) {
      if (oldest === undefined || holder.since < oldest.holder.since) oldest = { node, holder }
    }
  }
  return oldest
}
