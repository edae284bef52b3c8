/** Access control: the names of a node's lists are changed as a whole or in part, and anybody's rights can be asked for. */
import type { Generation } from "../base/brand.ts"
import type { AclChange } from "../contract/acl.ts"
import type { HandleMode, NodeRef, NodeStat } from "../contract/requests.ts"
import type { CallIssuer, CallOptions } from "./session-calls.ts"

export interface SetAclOptions extends CallOptions {
  /** Change the names only if they are at this generation. */
  readonly ifAclGeneration?: Generation | undefined
}

/** What is asked of the cell without doing it. */
export interface AccessQuestion {
  readonly path: string
  readonly right: HandleMode
  readonly principal: string
}

export interface AccessVerdict {
  readonly allowed: boolean
  /** Which list decides, and why. */
  readonly reason: string
}

export async function setAcl(
  issuer: CallIssuer,
  node: NodeRef,
  acl: AclChange,
  options: SetAclOptions = {},
): Promise<NodeStat> {
  const { ifAclGeneration } = options
  const { stat } = await issuer.call<"setAcl">({ kind: "setAcl", node, acl, ifAclGeneration }, options)
  return stat
}

export async function checkAccess(
  issuer: CallIssuer,
  { path, right, principal }: AccessQuestion,
  options: CallOptions = {},
): Promise<AccessVerdict> {
  const operation = { kind: "checkAccess", path, right, principal } as const
  const { allowed, reason } = await issuer.call<"checkAccess">(operation, options)
  return { allowed, reason }
}
