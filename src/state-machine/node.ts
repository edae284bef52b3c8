/**
 * Nodes as they lie in memory. A cell holds a hundred thousand of them, so what few nodes have (children, a lock,
 * handles that keep them alive) takes no room in the others.
 */
import type { Generation, Instance, Slot } from "../base/brand.ts"
import type { KeptBytes } from "../base/kept-bytes.ts"
import { crc32c, fingerprint } from "../base/checksum.ts"
import type { AclNames } from "../contract/acl.ts"
import type { Fingerprinted } from "./entry-key.ts"
import type { HandleName, Lock } from "./lock.ts"
import type { SortedNames } from "./sorted-names.ts"

interface NodeBase extends Fingerprinted {
  readonly instance: Instance
  /** Undefined for the root alone. */
  readonly parent: DirectoryNode | undefined
  readonly name: string
  readonly ephemeral: boolean
  contentGeneration: Generation
  aclGeneration: Generation
  acl: AclNames
  /** The slot of the last change of contents, children or ACL names. */
  changedIn: Slot
  /** There since the lock was first held. */
  lock: Lock | undefined
  /** Of an ephemeral node, the handles that keep it alive, in the order in which they were opened. */
  opens: readonly HandleName[]
}

export interface FileNode extends NodeBase {
  readonly kind: "file"
  contents: KeptBytes
  checksum: string
}

export interface DirectoryNode extends NodeBase {
  readonly kind: "directory"
  readonly children: Map<string, Node>
  /** The last number that a sequential child was given. */
  lastSequence: number
  /** Since somebody has asked for a listing. */
  sortedNames: SortedNames | undefined
}

export type Node = FileNode | DirectoryNode

/** Shared by all nodes that nobody keeps alive. */
export const noOpens: readonly HandleName[] = []

/** 16 hexadecimal digits: 32 bits that no single burst of damage escapes, and 32 well-mixed ones. */
export function checksumOf(contents: Uint8Array): string {
  // Put together as a number, because a string put together from two keeps them both.
  const bits = (BigInt(crc32c(contents)) << 32n) | BigInt(fingerprint(contents) % 0x1_0000_0000)
  return bits.toString(16).padStart(16, "0")
}
