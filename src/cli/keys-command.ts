/** `keys`: the public keys by which sequencers are verified, and, for administrators, having them take turns. */
import type { ClientTls } from "../client/tls.ts"
import { ReplicaAdmin } from "../client/admin.ts"
import type { KeyState, SequencerKey, SequencerKeys } from "../contract/signing-keys.ts"
import { UsageError, type Invocation } from "./arguments.ts"
import { clientTlsFor } from "./client-tls.ts"
import { asJson } from "./json.ts"
import { addressesFor, patienceMsOf, withSession } from "./reach.ts"
import { askAny } from "./survey.ts"
import { aligned } from "./table.ts"
import type { Terminal } from "./terminal.ts"

export async function keysCommand(invocation: Invocation, terminal: Terminal): Promise<void> {
  const [what] = invocation.operands
  const revoke = invocation.options.has("revoke")
  if (what !== undefined && what !== "rotate") {
    throw new UsageError(`keys does not know what to do with "${what}": there is rotate`, invocation.command)
  }
  if (what === undefined && revoke) throw new UsageError("--revoke goes with rotate", invocation.command)
  const keys =
    what === undefined
      ? (
          await askForKeys(
            addressesFor(invocation, terminal),
            patienceMsOf(invocation),
            clientTlsFor(invocation, terminal),
          )
        ).keys
      : await withSession(invocation, terminal, async (session, signal) => {
          return await session.rotateSigningKeys({ revoke, signal })
        })
  const shown = keys.map(({ publicKey, ...facts }) => ({ ...facts, x: Buffer.from(publicKey).toString("base64url") }))
  terminal.print(invocation.options.has("json") ? asJson(shown) : `${inWords(keys)}\n`)
}

/** From whichever replica answers first: it takes no master, so verifiers get their keys while there is none. */
async function askForKeys(
  addresses: readonly string[],
  patienceMs: number,
  tls: ClientTls | undefined,
): Promise<SequencerKeys> {
  const admins = addresses.map((address) => new ReplicaAdmin(address, tls))
  const signal = AbortSignal.timeout(patienceMs)
  return await askAny(addresses, admins, async (admin) => await admin.getSequencerKeys({ signal }))
}

function inWords(keys: readonly SequencerKey[]): string {
  const rows = keys.map(({ keyId, state, since }) => [keyId, state, String(since), meanings[state]])
  return aligned([["key", "state", "since", ""], ...rows])
}

const meanings: { readonly [State in KeyState]: string } = {
  retired: "its sequencers stay valid while their locks are held",
  current: "signs now",
  next: "signs after the next rotation",
}
