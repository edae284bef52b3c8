/**
 * The small words of the wire and of the contract, each turned into the other: whole numbers, modes, kinds, stats.
 * What can't be turned raises `MalformedMessageError`, which the conversions of whole messages catch.
 */
import { noBytes } from "../base/bytes.ts"
import type { LockMode } from "../contract/lock-mode.ts"
import type {
  CreateRule,
  DirectoryEntry,
  HandleMode,
  LockParty,
  NodeKind,
  NodeRef,
  NodeStat,
} from "../contract/requests.ts"
import type { CreateRule__Output as WireCreateRule } from "./generated/claviger/v1/CreateRule.ts"
import type { DirectoryEntry__Output } from "./generated/claviger/v1/DirectoryEntry.ts"
import type { HandleMode__Output as WireHandleMode } from "./generated/claviger/v1/HandleMode.ts"
import type { LockMode__Output as WireLockMode } from "./generated/claviger/v1/LockMode.ts"
import type { LockParty__Output } from "./generated/claviger/v1/LockParty.ts"
import type { NodeKind__Output as WireNodeKind } from "./generated/claviger/v1/NodeKind.ts"
import type { NodeStat__Output } from "./generated/claviger/v1/NodeStat.ts"

/** The sender's fault: the message can't be what the protocol allows. */
export class MalformedMessageError extends Error {
  override readonly name = "MalformedMessageError"
}

/** The one door for 64-bit numbers. Beyond 2^53 - 1 a JavaScript number would be another number. */
export function wholeNumber(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value)) throw new MalformedMessageError(`${text} is greater than 2^53 - 1`)
  return value
}

/** A copy: what came in is a view into a whole frame, which nobody should keep alive for a few bytes of it. */
export function ownBytes(view: Uint8Array): Uint8Array {
  return view.length === 0
    ? noBytes
    : Uint8Array.prototype.slice.call(new Uint8Array(view.buffer, view.byteOffset, view.length))
}

/** Newer peers may send enum values of which this program has no name: the loader then gives the bare number. */
function word<Wire extends string, Word>(
  words: { readonly [W in Wire]: Word | undefined },
  value: Wire,
  what: string,
): Word {
  const found = words[value]
  if (found === undefined) throw new MalformedMessageError(`no ${what} is given, or one that is unknown here: ${value}`)
  return found
}

const lockModes: { readonly [Wire in WireLockMode]: LockMode | undefined } = {
  LOCK_MODE_UNSPECIFIED: undefined,
  LOCK_MODE_EXCLUSIVE: "exclusive",
  LOCK_MODE_SHARED: "shared",
}

const wireLockModes: { readonly [Mode in LockMode]: WireLockMode } = {
  exclusive: "LOCK_MODE_EXCLUSIVE",
  shared: "LOCK_MODE_SHARED",
}

const handleModes: { readonly [Wire in WireHandleMode]: HandleMode } = {
  HANDLE_MODE_UNSPECIFIED: "read",
  HANDLE_MODE_READ: "read",
  HANDLE_MODE_WRITE: "write",
}

const wireHandleModes: { readonly [Mode in HandleMode]: WireHandleMode } = {
  read: "HANDLE_MODE_READ",
  write: "HANDLE_MODE_WRITE",
}

const createRules: { readonly [Wire in WireCreateRule]: CreateRule } = {
  CREATE_RULE_UNSPECIFIED: "mustExist",
  CREATE_RULE_MUST_EXIST: "mustExist",
  CREATE_RULE_MAY_CREATE: "mayCreate",
  CREATE_RULE_MUST_CREATE: "mustCreate",
}

const wireCreateRules: { readonly [Rule in CreateRule]: WireCreateRule } = {
  mustExist: "CREATE_RULE_MUST_EXIST",
  mayCreate: "CREATE_RULE_MAY_CREATE",
  mustCreate: "CREATE_RULE_MUST_CREATE",
}

const nodeKinds: { readonly [Wire in WireNodeKind]: NodeKind } = {
  NODE_KIND_UNSPECIFIED: "file",
  NODE_KIND_FILE: "file",
  NODE_KIND_DIRECTORY: "directory",
}

const wireNodeKinds: { readonly [Kind in NodeKind]: WireNodeKind } = {
  file: "NODE_KIND_FILE",
  directory: "NODE_KIND_DIRECTORY",
}

export const lockModeToContract = (mode: WireLockMode): LockMode => word(lockModes, mode, "lock mode")
export const lockModeToWire = (mode: LockMode): WireLockMode => wireLockModes[mode]
export const handleModeToContract = (mode: WireHandleMode): HandleMode => word(handleModes, mode, "handle mode")
export const handleModeToWire = (mode: HandleMode): WireHandleMode => wireHandleModes[mode]
export const createRuleToContract = (rule: WireCreateRule): CreateRule => word(createRules, rule, "create rule")
export const createRuleToWire = (rule: CreateRule): WireCreateRule => wireCreateRules[rule]
export const nodeKindToContract = (kind: WireNodeKind): NodeKind => word(nodeKinds, kind, "node kind")
export const nodeKindToWire = (kind: NodeKind): WireNodeKind => wireNodeKinds[kind]

interface WireNodeRef {
  readonly path?: string
  readonly handle?: string
}

export function nodeRefToContract(message: WireNodeRef): NodeRef {
  if (message.path !== undefined) return { kind: "path", path: message.path }
  if (message.handle !== undefined) return { kind: "handle", handle: message.handle }
  throw new MalformedMessageError("name the node: by path or by handle")
}

export function nodeRefToWire(node: NodeRef): WireNodeRef {
  return node.kind === "path" ? { path: node.path } : { handle: node.handle }
}

export function statToContract(stat: NodeStat__Output | null): NodeStat {
  if (stat === null) throw new MalformedMessageError("the stat is missing")
  return statAtPath(stat, stat.path)
}

function statAtPath(stat: NodeStat__Output, path: string): NodeStat {
  return {
    path,
    kind: nodeKindToContract(stat.kind),
    ephemeral: stat.ephemeral,
    instance: wholeNumber(stat.instance),
    contentGeneration: wholeNumber(stat.contentGeneration),
    lockGeneration: wholeNumber(stat.lockGeneration),
    aclGeneration: wholeNumber(stat.aclGeneration),
    checksum: stat.checksum,
    size: stat.size,
    childCount: stat.childCount,
  }
}

export function statToWire(stat: NodeStat): StatWritten {
  return { ...stat, kind: wireNodeKinds[stat.kind] }
}

type StatWritten = Omit<NodeStat, "kind"> & { readonly kind: WireNodeKind }

/** Entries leave their paths out: a page of them would say the directory's path ten thousand times. */
export function entryToContract(directoryPath: string, entry: DirectoryEntry__Output): DirectoryEntry {
  if (entry.stat === null) throw new MalformedMessageError("the stat of an entry is missing")
  return { name: entry.name, stat: statAtPath(entry.stat, `${directoryPath}/${entry.name}`) }
}

export function entryToWire(entry: DirectoryEntry): { readonly name: string; readonly stat: StatWritten } {
  return { name: entry.name, stat: { ...entry.stat, path: "", kind: wireNodeKinds[entry.stat.kind] } }
}

export function partyToContract(party: LockParty__Output): LockParty {
  return {
    sessionId: wholeNumber(party.sessionId),
    clientName: party.clientName,
    mode: lockModeToContract(party.mode),
  }
}

export function partyToWire(party: LockParty): Omit<LockParty, "mode"> & { readonly mode: WireLockMode } {
  return { sessionId: party.sessionId, clientName: party.clientName, mode: wireLockModes[party.mode] }
}
