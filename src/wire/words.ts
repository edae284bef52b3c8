/**
 * The enums of the wire and the words of the contract, each turned into the other. A word that is unknown here, as from
 * a newer peer, is malformed; so is one left out, unless the protocol says what is meant then.
 */
import { type ChangeKind, type Scope } from "../contract/changes.ts"
import type { LockMode } from "../contract/lock-mode.ts"
import type { CreateRule, HandleMode, NodeCounter, NodeKind } from "../contract/requests.ts"
import type { KeyState } from "../contract/signing-keys.ts"
import type { ChangeKind__Output as WireChangeKind } from "./generated/claviger/v1/ChangeKind.ts"
import type { CreateRule__Output as WireCreateRule } from "./generated/claviger/v1/CreateRule.ts"
import type { HandleMode__Output as WireHandleMode } from "./generated/claviger/v1/HandleMode.ts"
import type { KeyState__Output as WireKeyState } from "./generated/claviger/v1/KeyState.ts"
import type { LockMode__Output as WireLockMode } from "./generated/claviger/v1/LockMode.ts"
import type { NodeCounter__Output as WireNodeCounter } from "./generated/claviger/v1/NodeCounter.ts"
import type { NodeKind__Output as WireNodeKind } from "./generated/claviger/v1/NodeKind.ts"
import type { Scope__Output as WireScope } from "./generated/claviger/v1/Scope.ts"
import { MalformedMessageError } from "./terms.ts"

export interface Vocabulary<Word, Wire> {
  toContract(value: Wire): Word
  toWire(word: Word): Wire
}

function vocabulary<Word extends string, Wire extends string>(
  what: string,
  wireWords: { readonly [W in Word]: Wire },
  leftOut?: { readonly means: NoInfer<Word>; readonly comesAs: Wire },
): Vocabulary<Word, Wire> {
  const words = new Map<Wire, Word>()
  for (const word of Object.keys(wireWords) as Word[]) words.set(wireWords[word], word)
  if (leftOut !== undefined) words.set(leftOut.comesAs, leftOut.means)
  return {
    toContract: (value) => {
      const word = words.get(value)
      if (word !== undefined) return word
      throw new MalformedMessageError(`no ${what} is given, or one that is unknown here: ${value}`)
    },
    toWire: (word) => wireWords[word],
  }
}

/** Nobody should hold a lock in a mode they did not name. */
export const lockModes: Vocabulary<LockMode, WireLockMode> = vocabulary("lock mode", {
  exclusive: "LOCK_MODE_EXCLUSIVE",
  shared: "LOCK_MODE_SHARED",
})

export const keyStates: Vocabulary<KeyState, WireKeyState> = vocabulary("state of a key", {
  retired: "KEY_STATE_RETIRED",
  current: "KEY_STATE_CURRENT",
  next: "KEY_STATE_NEXT",
})

export const handleModes: Vocabulary<HandleMode, WireHandleMode> = vocabulary(
  "handle mode",
  { read: "HANDLE_MODE_READ", write: "HANDLE_MODE_WRITE", changeAcl: "HANDLE_MODE_CHANGE_ACL" },
  { means: "read", comesAs: "HANDLE_MODE_UNSPECIFIED" },
)

export const createRules: Vocabulary<CreateRule, WireCreateRule> = vocabulary(
  "create rule",
  {
    mustExist: "CREATE_RULE_MUST_EXIST",
    mayCreate: "CREATE_RULE_MAY_CREATE",
    mustCreate: "CREATE_RULE_MUST_CREATE",
  },
  { means: "mustExist", comesAs: "CREATE_RULE_UNSPECIFIED" },
)

export const nodeKinds: Vocabulary<NodeKind, WireNodeKind> = vocabulary(
  "node kind",
  { file: "NODE_KIND_FILE", directory: "NODE_KIND_DIRECTORY" },
  { means: "file", comesAs: "NODE_KIND_UNSPECIFIED" },
)

export const nodeCounters: Vocabulary<NodeCounter, WireNodeCounter> = vocabulary("counter", {
  instance: "NODE_COUNTER_INSTANCE",
  content: "NODE_COUNTER_CONTENT",
  lock: "NODE_COUNTER_LOCK",
  acl: "NODE_COUNTER_ACL",
})

export const scopes: Vocabulary<Scope, WireScope> = vocabulary(
  "scope",
  { node: "SCOPE_NODE", children: "SCOPE_CHILDREN", subtree: "SCOPE_SUBTREE" },
  { means: "node", comesAs: "SCOPE_UNSPECIFIED" },
)

export const changeKinds: Vocabulary<ChangeKind, WireChangeKind> = vocabulary("kind of change", {
  nodeCreated: "CHANGE_KIND_NODE_CREATED",
  nodeDeleted: "CHANGE_KIND_NODE_DELETED",
  contentsChanged: "CHANGE_KIND_CONTENTS_CHANGED",
  aclChanged: "CHANGE_KIND_ACL_CHANGED",
  lockAcquired: "CHANGE_KIND_LOCK_ACQUIRED",
  lockFreed: "CHANGE_KIND_LOCK_FREED",
  lockRequested: "CHANGE_KIND_LOCK_REQUESTED",
})
