/**
 * The arguments of a call, looked at before anything comes of it: the types and words that only a compiler would check,
 * and the numbers, whose bounds are the cell's. What takes more than a look (paths, names, sizes) the cell refuses itself.
 */
import { changeKinds, scopes, type Subscription } from "../contract/changes.ts"
import { limits } from "../contract/limits.ts"
import { lockModes } from "../contract/lock-mode.ts"
import type { CreateRule, HandleMode, NodeCounter, NodeKind, TransactionStep } from "../contract/requests.ts"
import type { SignedGuard, SignedOperation } from "../wire/signed-forms.ts"
import {
  bytes,
  demand,
  flag,
  isRecord,
  list,
  orUndefined,
  record,
  text,
  whole,
  word,
  type Rule,
} from "./argument-rules.ts"

const handleModes: readonly HandleMode[] = ["read", "write", "changeAcl"]
const createRules: readonly CreateRule[] = ["mustExist", "mayCreate", "mustCreate"]
const nodeKinds: readonly NodeKind[] = ["file", "directory"]
const nodeCounters: readonly NodeCounter[] = ["instance", "content", "lock", "acl"]

const node: Rule = {
  allowed: "what names a node",
  admits: (value) =>
    isRecord(value) && typeof (value["kind"] === "path" ? value["path"] : value["handle"]) === "string",
}

/** Of what callers say. The rest of an operation is the library's own. */
type Argument<Operation> = Operation extends unknown ? Exclude<keyof Operation, "kind"> : never
type Rules = { readonly [Name in Argument<SignedOperation>]?: Rule }

const rules: Rules = {
  path: text,
  node,
  contents: bytes,
  mode: word(lockModes),
  create: word(createRules),
  nodeKind: word(nodeKinds),
  ephemeral: flag,
  sequential: flag,
  acl: record,
  ifContentGeneration: orUndefined(whole(0)),
  ifAclGeneration: orUndefined(whole(0)),
  pageSize: whole(1, limits.readDirPageMax),
  recursive: flag,
  guards: list,
  then: list,
  otherwise: list,
  right: word(handleModes),
  principal: text,
  lockDelayMs: whole(0, limits.lockDelayMsMax),
  waitMs: whole(0, limits.waitMsMax),
  sequencer: text,
  clientName: text,
  sessionLeaseMs: whole(limits.sessionLeaseMsMin, limits.sessionLeaseMsMax),
  caching: flag,
  subscription: record,
  after: whole(0),
}

const rulesOfOpen: Rules = { ...rules, mode: word(handleModes) }

/** As callers spell them, where that is different. */
const publicNames: { readonly [Name in Argument<SignedOperation>]?: string } = { nodeKind: "kind", clientName: "name" }

/** Throws a `CellError`, INVALID_ARGUMENT. */
export function checkOperation(operation: SignedOperation): void {
  checkFields(operation, "")
  switch (operation.kind) {
    case "open":
    case "setAcl":
      checkAcl(operation.acl, "acl")
      break
    case "subscribe":
      checkSubscription(operation.subscription)
      break
    case "transact":
      operation.guards.forEach((guard, index) => {
        checkGuard(guard, `guards[${index}]`)
      })
      for (const branch of ["then", "otherwise"] as const) {
        operation[branch].forEach((step, index) => {
          checkStep(step, `${branch}[${index}]`)
        })
      }
      break
    default:
      break
  }
}

function checkFields(operation: SignedOperation, prefix: string): void {
  const chosen: Readonly<Record<string, Rule | undefined>> = operation.kind === "open" ? rulesOfOpen : rules
  const spelled: Readonly<Record<string, string | undefined>> = publicNames
  for (const [name, value] of Object.entries(operation)) {
    const rule = chosen[name]
    if (rule !== undefined) demand(`${prefix}${spelled[name] ?? name}`, value, rule)
  }
}

function checkAcl(acl: object, name: string): void {
  for (const [right, listName] of Object.entries(acl)) {
    demand(`a right in ${name}`, right, rightOfAcl)
    demand(`${name}.${right}`, listName, orUndefined(text))
  }
}

const rightOfAcl = word(handleModes)

function checkSubscription({ path, scope, kinds }: Subscription): void {
  demand("path", path, text)
  demand("scope", scope, word(scopes))
  demand("kinds", kinds, list)
  kinds.forEach((kind, index) => {
    demand(`kinds[${index}]`, kind, word(changeKinds))
  })
}

const guardKinds = word(["exists", "counter", "checksum", "lockHeld", "epoch"])
const stepKinds = word(["open", "setContents", "setAcl", "delete", "getStat", "getContentsAndStat"])

function checkGuard(guard: SignedGuard, name: string): void {
  demand(name, guard, madeBy("guard"))
  demand(`${name}.kind`, guard.kind, guardKinds)
  if ("path" in guard) demand(`${name}.path`, guard.path, text)
  switch (guard.kind) {
    case "exists":
      demand(`${name}.exists`, guard.exists, flag)
      break
    case "counter":
      demand(`${name}.counter`, guard.counter, word(nodeCounters))
      demand(`${name}.equals`, guard.equals, whole(0))
      break
    case "checksum":
      demand(`${name}.equals`, guard.equals, text)
      break
    case "lockHeld":
      demand(`${name}.sequencer`, guard.sequencer, text)
      break
    case "epoch":
      demand(`${name}.equals`, guard.equals, whole(0))
      break
  }
}

function checkStep(step: TransactionStep, name: string): void {
  demand(name, step, madeBy("step"))
  demand(`${name}.kind`, step.kind, stepKinds)
  checkFields(step, `${name}.`)
  if (step.kind === "open" || step.kind === "setAcl") checkAcl(step.acl, `${name}.acl`)
}

function madeBy(maker: string): Rule {
  return { allowed: `made by a function of \`${maker}\``, admits: isRecord }
}
