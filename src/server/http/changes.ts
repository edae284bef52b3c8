/**
 * Changes of nodes that depend on what is there: a version is two counters, instance and generation, and both are
 * compared in the same step of the log in which the change is made.
 */
import type { FastifyReply, FastifyRequest } from "fastify"
import { present } from "../../base/assert.ts"
import { refuse } from "../../contract/errors.ts"
import type { NodeKind, Operation, StepAnswer } from "../../contract/requests.ts"
import type { OperationOf } from "../../wire/messages.ts"
import type { SignedGuard } from "../../wire/signed-forms.ts"
import type { Calls } from "./calls.ts"
import { type Condition, conditionOf } from "./etag.ts"
import { nodeOf } from "./node-path.ts"
import { RefusalError } from "./problem.ts"
import type { DoorContext } from "./resource.ts"

/** Of one node, by its path. */
type Change = OperationOf<"setContents" | "delete"> & { readonly node: { readonly kind: "path" } }

export function conditionIn({ headers }: FastifyRequest): Condition {
  return conditionOf(headers["if-match"], headers["if-none-match"])
}

/** Makes the change if the condition holds, and refuses with GENERATION_MISMATCH if it doesn't. */
export async function changeIf(
  condition: Condition,
  change: Change,
  calls: Calls,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<StepAnswer> {
  if (condition.kind === "none") return calls.make(request, reply, change)
  // Generation zero is how the cell spells "must not exist".
  if (condition.kind === "missing") return calls.make(request, reply, { ...change, ifContentGeneration: 0 })
  const { path } = change.node
  const transaction = { kind: "transact", guards: guardsOf(condition, path), then: [change], otherwise: [] } as const
  const { guardsHeld, answers } = await calls.make(request, reply, transaction)
  if (!guardsHeld) throw mismatch(path)
  return present(answers[0], "each step has its answer")
}

/** If the condition of the request holds: of a file, or of a directory that is empty. */
export async function deleteNode(
  request: FastifyRequest,
  reply: FastifyReply,
  { calls, cellName }: Pick<DoorContext, "calls" | "cellName">,
): Promise<FastifyReply> {
  const condition = conditionIn(request)
  if (condition.kind === "missing") throw nothingToDelete
  await changeIf(condition, { kind: "delete", node: nodeOf(request, cellName) }, calls, request, reply)
  return reply.code(204).send()
}

/** Of what is created, only `If-None-Match: *` can hold, and that the cell sees to anyway. */
export function demandNoVersion(condition: Condition): void {
  if (condition.kind === "exists" || condition.kind === "version") throw noVersionYet
}

const nothingToDelete = new RefusalError(refuse("INVALID_ARGUMENT", "What is not there can't be deleted."))

const noVersionYet = new RefusalError(
  refuse("INVALID_ARGUMENT", "What is ephemeral, sequential or a directory is created: there is no version to match."),
)

export function mismatch(path: string): RefusalError {
  return new RefusalError(refuse("GENERATION_MISMATCH", `${path} is not there in the version that If-Match names.`))
}

function guardsOf(condition: Extract<Condition, { kind: "exists" | "version" }>, path: string): readonly SignedGuard[] {
  if (condition.kind === "exists") return [{ kind: "exists", path, exists: true }]
  const { instance, contentGeneration } = condition.version
  return [
    { kind: "counter", path, counter: "instance", equals: instance },
    { kind: "counter", path, counter: "content", equals: contentGeneration },
  ]
}

export interface CreationQuery {
  readonly ephemeral?: "true" | "false"
  readonly sequential?: "true" | "false"
}

/** Refused if the node is there already. */
export function creationOf(
  path: string,
  nodeKind: NodeKind,
  contents: Uint8Array,
  { ephemeral, sequential }: CreationQuery,
): Extract<Operation, { kind: "open" }> {
  return {
    ...{ kind: "open", path, mode: "write", create: "mustCreate", nodeKind, contents, acl: {} },
    ephemeral: ephemeral === "true",
    sequential: sequential === "true",
  }
}
