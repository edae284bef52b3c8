/**
 * Several changes as one: if all guards hold, the cell does `then`, else `otherwise`, wholly or not at all, and nobody
 * sees a state between. Guards and steps are values, made by the functions of `guard` and `step`.
 *
 * ```ts
 * await session.transact({
 *   guards: [guard.contentGeneration(path, stat.contentGeneration), guard.lockHeld(lock.sequencer)],
 *   then: [step.set(path, "new"), step.delete(draft)],
 *   otherwise: [step.get(path)],
 * })
 * ```
 */
import type { Epoch, Generation } from "../base/brand.ts"
import type { AclChange } from "../contract/acl.ts"
import type { NodeStat, StepAnswer, TransactionStep } from "../contract/requests.ts"
import type { SignedGuard } from "../wire/signed-forms.ts"
import { bytesOf, byPath, type Contents } from "./files.ts"
import { Handle, newNode, type HandleSurroundings, type NewNode } from "./handle.ts"
import type { CallOptions } from "./session-calls.ts"

export interface Transaction extends CallOptions {
  /** All have to hold; none: they do. */
  readonly guards?: readonly SignedGuard[] | undefined
  /** In this order, each seeing what those before it have done. */
  readonly then?: readonly TransactionStep[] | undefined
  readonly otherwise?: readonly TransactionStep[] | undefined
}

export interface TransactionResult {
  /** Whether `then` was done; else it was `otherwise`. */
  readonly guardsHeld: boolean
  /** Of each step that was done, in order. */
  readonly results: readonly StepResult[]
}

export type StepResult =
  | Exclude<StepAnswer, { kind: "open" }>
  | { readonly kind: "open"; readonly handle: Handle; readonly created: boolean; readonly stat: NodeStat }

/** Conditions. One about a node that is missing does not hold. */
export const guard: Guards = {
  exists: (path) => ({ kind: "exists", path, exists: true }),
  missing: (path) => ({ kind: "exists", path, exists: false }),
  instance: (path, equals) => ({ kind: "counter", path, counter: "instance", equals }),
  contentGeneration: (path, equals) => ({ kind: "counter", path, counter: "content", equals }),
  lockGeneration: (path, equals) => ({ kind: "counter", path, counter: "lock", equals }),
  aclGeneration: (path, equals) => ({ kind: "counter", path, counter: "acl", equals }),
  checksum: (path, equals) => ({ kind: "checksum", path, equals }),
  lockHeld: (sequencer) => ({ kind: "lockHeld", sequencer }),
  epoch: (equals) => ({ kind: "epoch", equals }),
}

interface Guards {
  exists(path: string): SignedGuard
  missing(path: string): SignedGuard
  instance(path: string, equals: number): SignedGuard
  contentGeneration(path: string, equals: Generation): SignedGuard
  lockGeneration(path: string, equals: Generation): SignedGuard
  aclGeneration(path: string, equals: Generation): SignedGuard
  checksum(path: string, equals: string): SignedGuard
  /** The lock is still held as its sequencer says. */
  lockHeld(sequencer: string): SignedGuard
  /** The master is still the one that answered with this epoch. */
  epoch(equals: Epoch): SignedGuard
}

/** What a transaction may do. A step that the cell refuses, refuses the whole transaction. */
export const step: Steps = {
  set: (path, contents, { ifContentGeneration } = {}) => ({
    kind: "setContents",
    node: byPath(path),
    contents: bytesOf(contents),
    ifContentGeneration,
  }),
  create: (path, node = {}) => ({ kind: "open", path, mode: "write", create: "mustCreate", ...newNode(node) }),
  delete: (path, { ifContentGeneration } = {}) => ({ kind: "delete", node: byPath(path), ifContentGeneration }),
  setAcl: (path, acl) => ({ kind: "setAcl", node: byPath(path), acl }),
  get: (path) => ({ kind: "getContentsAndStat", node: byPath(path) }),
  getStat: (path) => ({ kind: "getStat", node: byPath(path) }),
}

interface OnGeneration {
  readonly ifContentGeneration?: Generation | undefined
}

interface Steps {
  /** Writes the whole file, which is created if it is missing. */
  set(path: string, contents: Contents, options?: OnGeneration): TransactionStep
  /** A node that must not be there yet; its handle, for writing, is in the step's result. */
  create(path: string, node?: NewNode): TransactionStep
  delete(path: string, options?: OnGeneration): TransactionStep
  setAcl(path: string, acl: AclChange): TransactionStep
  get(path: string): TransactionStep
  getStat(path: string): TransactionStep
}

export async function transact(
  surroundings: HandleSurroundings,
  { guards = [], then = [], otherwise = [], ...options }: Transaction,
): Promise<TransactionResult> {
  const operation = { kind: "transact", guards, then, otherwise } as const
  const { guardsHeld, answers } = await surroundings.issuer.call<"transact">(operation, options)
  return {
    guardsHeld,
    results: answers.map((answer) =>
      answer.kind === "open" ? { ...answer, handle: new Handle(surroundings, answer) } : answer,
    ),
  }
}
