/**
 * How a cell is founded: its first master gives it its secrets, and makes the directory of the ACLs, with the list of
 * its administrators (paper, 2.3). From then on the cell answers calls.
 */
import { noBytes, utf8 } from "../base/bytes.ts"
import { type AclNames, aclDirectory, administrators, anyone } from "../contract/acl.ts"
import type { NodeKind } from "../contract/requests.ts"
import type { Command } from "./commands.ts"
import { firstSigningKeys } from "./key-rotation.ts"
import type { DirectoryNode, Node } from "./node.ts"
import { type State, announce, pathOf, touch } from "./state.ts"

const handleKeyBytes = 16
const firstKeyId = 1

/** Everybody may look up who may do what. */
const aclOfAcls: AclNames = { read: anyone, write: administrators, changeAcl: administrators }

export function foundCell(state: State, command: Extract<Command, { kind: "foundCell" }>): undefined {
  const { handleKey, signingSeeds } = command
  if (state.secrets !== undefined || handleKey.length !== handleKeyBytes) return
  const signingKeys = firstSigningKeys(signingSeeds, state.slotAtHand)
  if (signingKeys === undefined) return
  state.secrets = { handleKeys: [{ keyId: firstKeyId, key: handleKey.slice() }], signingKeys }
  const { root } = state.namespace
  const directory = found(state, root, aclDirectory, "directory", noBytes)
  if (directory.kind !== "directory") return
  const list = command.administrators.map((principal) => `${principal}\n`).join("")
  found(state, directory, administrators, "file", utf8(list))
}

/** By right of nobody: there are no calls before this, so nothing is in the way. */
function found(state: State, parent: DirectoryNode, name: string, kind: NodeKind, contents: Uint8Array): Node {
  const { namespace } = state
  const facts = { parent, name, ephemeral: false, acl: namespace.acls.share(aclOfAcls), changedIn: state.slotAtHand }
  const node = namespace.create(parent, kind, facts, contents)
  parent.changedIn = state.slotAtHand
  touch(state, parent)
  touch(state, node)
  announce(state, node, { kind: "nodeCreated", path: pathOf(state, node), instance: node.instance })
  return node
}
