/**
 * What an operation says, checked without knowing the state of the cell. The doors ask (through validate.ts); the state
 * machine asks again for what it finds in the log, without the question that only doors may ask (see node-path.ts), so
 * that no logged command can surprise it.
 */
import { unreachable } from "../base/assert.ts"
import { utf8Length } from "../base/bytes.ts"
import type { AclChange } from "./acl.ts"
import { pathOfKey } from "./cache-key.ts"
import { type Subscription, changeKinds } from "./changes.ts"
import { type Refusal, refuse } from "./errors.ts"
import { handleLengthMax, looksLikeHandle } from "./handle.ts"
import { limits } from "./limits.ts"
import { type NodePath, quoted, splitPath } from "./node-path.ts"
import type { NodeRef, Operation } from "./requests.ts"
import { keyBytes } from "./signing-keys.ts"

/** What validates the operation of a logged command. */
export function validateOperation(operation: Operation, cellName: string): Refusal | undefined {
  return checkOperation(operation, cellName, splitPath)
}

type PathReader = (path: string, cellName: string) => NodePath | Refusal

export function checkOperation(operation: Operation, cellName: string, readPath: PathReader): Refusal | undefined {
  const checkPath = (path: string): Refusal | undefined => {
    const found = readPath(path, cellName)
    return found.kind === "refused" ? found : undefined
  }
  const checkNode = (node: NodeRef): Refusal | undefined =>
    node.kind === "path" ? checkPath(node.path) : checkHandle(node.handle)
  switch (operation.kind) {
    case "createSession":
      return checkNewSession(operation)
    case "open":
      return checkPath(operation.path) ?? checkOpen(operation) ?? checkAcl(operation.acl)
    case "setAcl":
      return (
        checkNode(operation.node) ??
        checkAcl(operation.acl) ??
        checkCounter("ACL generation", operation.ifAclGeneration ?? 0)
      )
    case "checkAccess":
      return checkPath(operation.path) ?? checkName("principal", operation.principal, limits.principalBytesMax)
    case "transact":
      return checkTransaction(operation, cellName, readPath)
    case "subscribe":
      return checkSubscription(operation.subscription, checkPath) ?? checkCounter("commit index", operation.after)
    case "unsubscribe":
      return checkCounter("subscription id", operation.subscriptionId)
    case "resume":
      return (
        checkCounter("commit index", operation.seenThrough) ??
        checkCount("cached keys", operation.cached.length, limits.resumedKeysMax) ??
        checkCount("subscriptions", operation.subscriptions.length, limits.subscriptionsPerSessionMax) ??
        firstRefusal(operation.cached, (key) => checkPath(pathOfKey(key))) ??
        firstRefusal(operation.subscriptions, (subscription) => checkSubscription(subscription, checkPath))
      )
    case "listSessions":
      return (
        checkCounter("session id", operation.afterSessionId) ??
        checkCount("sessions of a page", operation.pageSize, limits.listSessionsPageMax)
      )
    case "close":
      // Close never fails: what is no handle has nothing to close. But it goes through the log, whatever it is.
      return operation.handle.length <= handleLengthMax ? undefined : checkHandle(operation.handle)
    case "setContents":
      return (
        checkNode(operation.node) ??
        checkContents(operation.contents) ??
        checkCounter("content generation", operation.ifContentGeneration ?? 0)
      )
    case "delete":
      return checkNode(operation.node) ?? checkCounter("content generation", operation.ifContentGeneration ?? 0)
    case "readDir":
      return checkNode(operation.node) ?? checkPage(operation.pageSize)
    case "acquire":
      return (
        checkNode(operation.node) ??
        checkDuration("lock-delay", operation.lockDelayMs, limits.lockDelayMsMax) ??
        checkDuration("wait", operation.waitMs, limits.waitMsMax)
      )
    case "tryAcquire":
      return checkNode(operation.node) ?? checkDuration("lock-delay", operation.lockDelayMs, limits.lockDelayMsMax)
    case "getContentsAndStat":
    case "getStat":
    case "release":
    case "getLock":
    case "getSequencer":
      return checkNode(operation.node)
    case "cancelAcquire":
      return checkCounter("request number", operation.requestNumber)
    case "checkSequencer":
      return (
        checkCounter("instance number", operation.claims.instance) ??
        checkCounter("lock generation", operation.claims.lockGeneration)
      )
    case "keepAlive":
      return checkCounter("epoch", operation.seen.epoch) ?? checkCounter("notice", operation.seen.through)
    case "closeSession":
      return undefined
    case "rotateSigningKeys": {
      const { seeds } = operation
      if (seeds.length === 2 && seeds.every((seed) => seed.length === keyBytes)) return undefined
      // Not the seeds themselves: what is wrong with a secret is no reason to tell it.
      return refuse("INVALID_ARGUMENT", `A rotation brings two seeds of ${keyBytes} bytes each.`)
    }
    default:
      return unreachable(operation)
  }
}

function checkNewSession(operation: Extract<Operation, { kind: "createSession" }>): Refusal | undefined {
  const { clientName, host, processId, sessionLeaseMs, nonce } = operation
  const misnamed =
    checkName("client's name", clientName, limits.clientNameBytesMax) ??
    checkName("nonce", nonce, limits.nonceBytesMax) ??
    (host === "" ? undefined : checkName("host's name", host, limits.hostBytesMax)) ??
    checkCounter("process id", processId)
  if (misnamed !== undefined) return misnamed
  const { sessionLeaseMsMin: shortest, sessionLeaseMsMax: longest } = limits
  if (Number.isSafeInteger(sessionLeaseMs) && sessionLeaseMs >= shortest && sessionLeaseMs <= longest) return undefined
  return refuse("INVALID_ARGUMENT", `A session lease lasts ${shortest} to ${longest} ms, not ${sessionLeaseMs}.`)
}

/** As `NodeStat` has it. */
const checksumDigits = 16

const unprintable = /[\p{Cc}\p{Cs}]/u

function checkName(what: string, name: string, bytesMax: number): Refusal | undefined {
  const length = utf8Length(name)
  if (length === 0 || length > bytesMax) {
    return refuse("INVALID_ARGUMENT", `A ${what} takes 1 to ${bytesMax} bytes, not ${length}.`)
  }
  return unprintable.test(name) ? refuse("INVALID_ARGUMENT", `A ${what} holds no control characters.`) : undefined
}

function checkDuration(what: string, value: number, longest: number): Refusal | undefined {
  if (Number.isSafeInteger(value) && value >= 0 && value <= longest) return undefined
  return refuse("INVALID_ARGUMENT", `A ${what} lasts 0 to ${longest} ms, not ${value}.`)
}

function checkCount(what: string, count: number, most: number): Refusal | undefined {
  if (Number.isSafeInteger(count) && count >= 0 && count <= most) return undefined
  return refuse("INVALID_ARGUMENT", `${count} ${what} are too many: at most ${most} are allowed.`)
}

function firstRefusal<T>(each: readonly T[], check: (one: T) => Refusal | undefined): Refusal | undefined {
  for (const one of each) {
    const refusal = check(one)
    if (refusal !== undefined) return refusal
  }
  return undefined
}

/** An ACL's name is the name of its file, so it is one part of a path. */
function checkAcl({ read, write, changeAcl }: AclChange): Refusal | undefined {
  return firstRefusal([read, write, changeAcl], (name) => {
    if (name === undefined) return undefined
    const misnamed = checkName("name of an ACL", name, limits.aclNameBytesMax)
    if (misnamed !== undefined) return misnamed
    if (!name.includes("/") && name !== "." && name !== "..") return undefined
    return refuse("INVALID_ARGUMENT", `${quoted(name)} is not the name of an ACL: it names a file of /ls/<cell>/acl.`)
  })
}

function checkSubscription(
  { subscriptionId, path, kinds }: Subscription,
  checkPath: (path: string) => Refusal | undefined,
): Refusal | undefined {
  return (
    checkCounter("subscription id", subscriptionId) ??
    checkPath(path) ??
    checkCount("kinds of changes", kinds.length, changeKinds.length)
  )
}

function checkTransaction(
  { guards, then, otherwise }: Extract<Operation, { kind: "transact" }>,
  cellName: string,
  readPath: PathReader,
): Refusal | undefined {
  for (const list of [guards, then, otherwise]) {
    const tooLong = checkCount("parts of a transaction", list.length, limits.transactionStepsMax)
    if (tooLong !== undefined) return tooLong
  }
  const steps = [...then, ...otherwise]
  const byHandle = steps.find((step) => "node" in step && step.node.kind === "handle")
  if (byHandle !== undefined) return refuse("INVALID_ARGUMENT", "The steps of a transaction name nodes by path.")
  const total = steps.reduce((sum, step) => sum + ("contents" in step ? step.contents.length : 0), 0)
  if (total > limits.transactionBytesMax) {
    const sentence = `${total} bytes of contents are too many: a transaction holds at most ${limits.transactionBytesMax}.`
    return refuse("CONTENTS_TOO_LARGE", sentence)
  }
  return (
    firstRefusal(guards, (guard) => {
      switch (guard.kind) {
        case "epoch":
          return checkCounter("epoch", guard.equals)
        case "lockHeld":
          return undefined
        case "exists":
        case "checksum":
        case "counter": {
          const found = readPath(guard.path, cellName)
          if (found.kind === "refused") return found
          if (guard.kind === "checksum") return checkCount("digits of a checksum", guard.equals.length, checksumDigits)
          return guard.kind === "counter" ? checkCounter(`${guard.counter} counter`, guard.equals) : undefined
        }
        default:
          return unreachable(guard)
      }
    }) ?? firstRefusal(steps, (step) => checkOperation(step, cellName, readPath))
  )
}

function checkOpen(operation: Extract<Operation, { kind: "open" }>): Refusal | undefined {
  if (operation.nodeKind === "directory" && operation.contents.length > 0) {
    return refuse("INVALID_ARGUMENT", "A directory has no contents.")
  }
  return checkContents(operation.contents)
}

export function checkContents(contents: Uint8Array): Refusal | undefined {
  if (contents.length <= limits.contentsBytesMax) return undefined
  const sentence = `${contents.length} bytes are too many: a file holds at most ${limits.contentsBytesMax}.`
  return refuse("CONTENTS_TOO_LARGE", sentence)
}

function checkHandle(handle: string): Refusal | undefined {
  return looksLikeHandle(handle) ? undefined : refuse("HANDLE_INVALID", `${quoted(handle)} is not a handle.`)
}

function checkPage(pageSize: number): Refusal | undefined {
  if (Number.isSafeInteger(pageSize) && pageSize >= 1 && pageSize <= limits.readDirPageMax) return undefined
  return refuse("INVALID_ARGUMENT", `A page has 1 to ${limits.readDirPageMax} entries, not ${pageSize}.`)
}

export function checkCounter(name: string, value: number): Refusal | undefined {
  if (Number.isSafeInteger(value) && value >= 0) return undefined
  return refuse("INVALID_ARGUMENT", `The ${name} ${value} is not an integer from 0 to 2^53 - 1.`)
}
