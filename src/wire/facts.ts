/** What calls and answers are about, between the wire and the contract: nodes, their ACLs, and who wants their locks. */
import type { AclChange, AclNames } from "../contract/acl.ts"
import type { DirectoryEntry, LockDelay, LockParty, NodeRef, NodeStat } from "../contract/requests.ts"
import type { AclChange as WireAclChange, AclChange__Output } from "./generated/claviger/v1/AclChange.ts"
import type { DirectoryEntry__Output } from "./generated/claviger/v1/DirectoryEntry.ts"
import type { LockDelay__Output } from "./generated/claviger/v1/LockDelay.ts"
import type { LockMode__Output as WireLockMode } from "./generated/claviger/v1/LockMode.ts"
import type { LockParty__Output } from "./generated/claviger/v1/LockParty.ts"
import type { NodeKind__Output as WireNodeKind } from "./generated/claviger/v1/NodeKind.ts"
import type { NodeStat__Output } from "./generated/claviger/v1/NodeStat.ts"
import { MalformedMessageError, given, name, wholeNumber } from "./terms.ts"
import { lockModes, nodeKinds } from "./words.ts"

interface WireNodeRef {
  readonly path?: string
  readonly handle?: string
}

export function nodeRefToContract(message: WireNodeRef): NodeRef {
  if (message.path !== undefined) return { kind: "path", path: name(message.path) }
  if (message.handle !== undefined) return { kind: "handle", handle: message.handle }
  throw new MalformedMessageError("name the node: by path or by handle")
}

export function nodeRefToWire(node: NodeRef): WireNodeRef {
  return node.kind === "path" ? { path: node.path } : { handle: node.handle }
}

export function aclChangeToContract(change: AclChange__Output | null): AclChange {
  if (change === null) return {}
  const { read, write, changeAcl } = change
  for (const list of [read, write, changeAcl]) name(list ?? "")
  return { read, write, changeAcl }
}

export function aclChangeToWire({ read, write, changeAcl }: AclChange): WireAclChange {
  return {
    ...(read === undefined ? {} : { read }),
    ...(write === undefined ? {} : { write }),
    ...(changeAcl === undefined ? {} : { changeAcl }),
  }
}

export function statToContract(stat: NodeStat__Output | null): NodeStat {
  const found = given(stat, "the stat")
  return statAtPath(found, found.path)
}

function statAtPath(stat: NodeStat__Output, path: string): NodeStat {
  return {
    path,
    kind: nodeKinds.toContract(stat.kind),
    ephemeral: stat.ephemeral,
    instance: wholeNumber(stat.instance),
    contentGeneration: wholeNumber(stat.contentGeneration),
    lockGeneration: wholeNumber(stat.lockGeneration),
    aclGeneration: wholeNumber(stat.aclGeneration),
    commitIndex: wholeNumber(stat.commitIndex),
    checksum: stat.checksum,
    size: stat.size,
    childCount: stat.childCount,
    acl: aclToContract(given(stat.acl, "the ACL of a node")),
  }
}

/** Name by name: an object that is copied whole costs 300 bytes more when it is frozen, as caches do. */
function aclToContract({ read, write, changeAcl }: AclNames): AclNames {
  return { read, write, changeAcl }
}

export function statToWire(stat: NodeStat): StatWritten {
  return { ...stat, kind: nodeKinds.toWire(stat.kind) }
}

type StatWritten = Omit<NodeStat, "kind"> & { readonly kind: WireNodeKind }

/** Entries leave their paths out: a page of them would say the directory's path ten thousand times. */
export function entryToContract(directoryPath: string, entry: DirectoryEntry__Output): DirectoryEntry {
  return {
    name: entry.name,
    stat: statAtPath(given(entry.stat, "the stat of an entry"), `${directoryPath}/${entry.name}`),
  }
}

export function entryToWire(entry: DirectoryEntry): { readonly name: string; readonly stat: StatWritten } {
  return { name: entry.name, stat: { ...entry.stat, path: "", kind: nodeKinds.toWire(entry.stat.kind) } }
}

export function partyToContract(party: LockParty__Output): LockParty {
  return {
    sessionId: wholeNumber(party.sessionId),
    clientName: party.clientName,
    principal: party.principal,
    host: party.host,
    processId: party.processId,
    mode: lockModes.toContract(party.mode),
    since: wholeNumber(party.since),
    forMs: wholeNumber(party.forMs),
  }
}

export function partyToWire(party: LockParty): Omit<LockParty, "mode"> & { readonly mode: WireLockMode } {
  return { ...party, mode: lockModes.toWire(party.mode) }
}

export function delayToContract(delay: LockDelay__Output | null): LockDelay | undefined {
  return delay === null ? undefined : { ...delay, sessionId: wholeNumber(delay.sessionId) }
}
