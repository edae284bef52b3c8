/**
 * Who may do what (paper, 2.3). The three names on the node itself decide, not those of the directories on the way to
 * it. To write or to change the ACL one must be able to read as well. Who is on the list of administrators may do
 * everything, so that no cell can be locked up for good.
 */
import { type AclNames, aclDirectory, administrators, anyone } from "../contract/acl.ts"
import { type Refusal, refuse } from "../contract/errors.ts"
import { formatPath, quoted } from "../contract/node-path.ts"
import type { HandleMode } from "../contract/requests.ts"
import type { FileNode, Node } from "./node.ts"
import { type State, pathOf } from "./state.ts"

const rightsFor: { readonly [Mode in HandleMode]: readonly (keyof AclNames)[] } = {
  read: ["read"],
  write: ["read", "write"],
  changeAcl: ["read", "changeAcl"],
}

export function isAllowed(state: State, principal: string, acl: AclNames, mode: HandleMode): boolean {
  return missingRight(state, principal, acl, mode) === undefined
}

/** Whether the principal may read what the list of this name is for. */
export function isReader(state: State, principal: string, listName: string): boolean {
  return isOn(state, listName, principal) || isOn(state, administrators, principal)
}

export function refuseUnlessAdministrator(state: State, principal: string, what: string): Refusal | undefined {
  if (isOn(state, administrators, principal)) return undefined
  const list = formatList(state, administrators)
  return refuse("PERMISSION_DENIED", `${what} takes an administrator, and ${list} does not name ${quoted(principal)}.`)
}

export function refuseWithout(state: State, principal: string, node: Node, mode: HandleMode): Refusal | undefined {
  return refuseUnder(state, principal, node.acl, mode, () => pathOf(state, node))
}

/** The same for a node that is yet to be made at `path`, under these names. */
export function refuseUnder(
  state: State,
  principal: string,
  acl: AclNames,
  mode: HandleMode,
  path: () => string,
): Refusal | undefined {
  const missing = missingRight(state, principal, acl, mode)
  if (missing === undefined) return undefined
  return refuse("PERMISSION_DENIED", whyNot(state, principal, acl, mode, missing, path()))
}

/** Whether a principal may use the node in this mode, with a sentence of why or why not. */
export function explainAccess(
  state: State,
  principal: string,
  node: Node,
  mode: HandleMode,
): { readonly allowed: boolean; readonly reason: string } {
  const path = pathOf(state, node)
  const missing = missingRight(state, principal, node.acl, mode)
  if (missing !== undefined) return { allowed: false, reason: whyNot(state, principal, node.acl, mode, missing, path) }
  const name = node.acl[mode]
  const because = rightsFor[mode].every((right) => isOn(state, node.acl[right], principal))
    ? `its list for ${activities[mode]}, ${formatList(state, name)}, ${name === anyone ? "is everybody" : "names them"}`
    : `the list ${formatList(state, administrators)} names them`
  return { allowed: true, reason: `${quoted(principal)} may ${verbs[mode]} ${path}: ${because}.` }
}

/** For a caller who asks about somebody else: the answer tells who is on these lists, which takes the right to read them. */
export function refuseSecretLists(state: State, asker: string, node: Node, mode: HandleMode): Refusal | undefined {
  for (const name of [...rightsFor[mode].map((right) => node.acl[right]), administrators]) {
    const list = name === anyone ? undefined : listNamed(state, name)
    const refusal = list && refuseWithout(state, asker, list, "read")
    if (refusal !== undefined) return refusal
  }
  return undefined
}

/** The first of the rights needed that the principal lacks. */
function missingRight(state: State, principal: string, acl: AclNames, mode: HandleMode): keyof AclNames | undefined {
  const missing = rightsFor[mode].find((right) => !isOn(state, acl[right], principal))
  return missing === undefined || isOn(state, administrators, principal) ? undefined : missing
}

function isOn(state: State, listName: string, principal: string): boolean {
  if (listName === anyone) return true
  const list = listNamed(state, listName)
  return list !== undefined && state.principalLists.isOn(list, principal)
}

/** Undefined: there is no such list, so nobody is on it. */
function listNamed({ namespace }: State, listName: string): FileNode | undefined {
  const directory = namespace.root.children.get(aclDirectory)
  const list = directory?.kind === "directory" ? directory.children.get(listName) : undefined
  return list?.kind === "file" ? list : undefined
}

const verbs: { readonly [Mode in HandleMode]: string } = {
  read: "read",
  write: "write",
  changeAcl: "change the ACL of",
}

const activities: { readonly [Right in keyof AclNames]: string } = {
  read: "reading",
  write: "writing",
  changeAcl: "changing its ACL",
}

function whyNot(
  state: State,
  principal: string,
  acl: AclNames,
  mode: HandleMode,
  missing: keyof AclNames,
  path: string,
): string {
  const name = acl[missing]
  const list = `its list for ${activities[missing]}, ${formatList(state, name)}`
  const failing = listNamed(state, name) === undefined ? "does not exist" : "does not name them"
  return `${quoted(principal)} may not ${verbs[mode]} ${path}: ${list}, ${failing}.`
}

function formatList({ cellName }: State, listName: string): string {
  return listName === anyone ? quoted(anyone) : formatPath(cellName, [aclDirectory, listName])
}
