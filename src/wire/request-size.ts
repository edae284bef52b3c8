/**
 * How many bytes a request takes on the wire: never fewer than it does, and rarely many more. A client batches by it, and
 * finds out before it sends a call that no message could carry, and that would break off the stream for all others.
 */
import { unreachable } from "../base/assert.ts"
import { utf8Length } from "../base/bytes.ts"
import type { AclChange } from "../contract/acl.ts"
import type { Subscription } from "../contract/changes.ts"
import type { NodeRef } from "../contract/requests.ts"
import type { SignedGuard, SignedOperation, SignedRequest } from "./signed-forms.ts"

export function sizeOfRequest({ stillOpen, underSequencer, operation }: SignedRequest): number {
  return plain + stillOpen.length * 10 + utf8Length(underSequencer) + sizeOfOperation(operation)
}

/** A call with its ids and numbers, which take eleven bytes each at most. */
const plain = 128

function sizeOfOperation(operation: SignedOperation): number {
  switch (operation.kind) {
    case "keepAlive":
    case "closeSession":
    case "unsubscribe":
    case "listSessions":
    case "cancelAcquire":
    case "rotateSigningKeys":
      return 0
    case "createSession":
      return utf8Length(operation.clientName) + utf8Length(operation.host) + utf8Length(operation.nonce)
    case "subscribe":
      return sizeOfSubscription(operation.subscription)
    case "resume":
      return sum(operation.cached, (key) => 6 + utf8Length(key)) + sum(operation.subscriptions, sizeOfSubscription)
    case "open":
      return utf8Length(operation.path) + operation.contents.length + sizeOfAcl(operation.acl)
    case "setContents":
      return sizeOfNode(operation.node) + operation.contents.length
    case "setAcl":
      return sizeOfNode(operation.node) + sizeOfAcl(operation.acl)
    case "readDir":
      return sizeOfNode(operation.node) + utf8Length(operation.afterName)
    case "close":
      return utf8Length(operation.handle)
    case "checkAccess":
      return utf8Length(operation.path) + utf8Length(operation.principal)
    case "transact":
      return (
        sum(operation.guards, sizeOfGuard) +
        sum([...operation.then, ...operation.otherwise], (step) => plain + sizeOfOperation(step))
      )
    case "checkSequencer":
      return utf8Length(operation.sequencer)
    case "getContentsAndStat":
    case "getStat":
    case "delete":
    case "acquire":
    case "tryAcquire":
    case "release":
    case "getLock":
    case "getSequencer":
      return sizeOfNode(operation.node)
    default:
      return unreachable(operation)
  }
}

function sizeOfNode(node: NodeRef): number {
  return utf8Length(node.kind === "path" ? node.path : node.handle)
}

function sizeOfAcl({ read = "", write = "", changeAcl = "" }: AclChange): number {
  return 32 + utf8Length(read) + utf8Length(write) + utf8Length(changeAcl)
}

function sizeOfSubscription({ path, kinds }: Subscription): number {
  return 32 + utf8Length(path) + 2 * kinds.length
}

function sizeOfGuard(guard: SignedGuard): number {
  const text = guard.kind === "lockHeld" ? guard.sequencer : "path" in guard ? guard.path : ""
  return 48 + utf8Length(text) + (guard.kind === "checksum" ? utf8Length(guard.equals) : 0)
}

function sum<Part>(parts: readonly Part[], size: (part: Part) => number): number {
  return parts.reduce((total, part) => total + size(part), 0)
}
