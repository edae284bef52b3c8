/**
 * Transactions as JSON: the contract's guards and steps, in which nodes are named by their whole paths and contents are
 * in base64. A step takes what the call of its name takes.
 */
import { noBytes } from "../../base/bytes.ts"
import type { AclChange } from "../../contract/acl.ts"
import type { CreateRule, HandleMode, NodeKind, StepAnswer, TransactionStep } from "../../contract/requests.ts"
import type { SignedGuard } from "../../wire/signed-forms.ts"
import { ownBytes } from "../../wire/terms.ts"
import { type Schema, base64, byKind, choice, closed, count, flag, list, stat, text } from "./schemas.ts"

export interface TransactionJson {
  readonly guards?: readonly SignedGuard[]
  readonly then?: readonly StepJson[]
  readonly otherwise?: readonly StepJson[]
}

type StepJson =
  | {
      readonly kind: "open"
      readonly path: string
      readonly mode?: HandleMode
      readonly create?: CreateRule
      readonly nodeKind?: NodeKind
      readonly ephemeral?: boolean
      readonly sequential?: boolean
      readonly contents?: string
      readonly acl?: AclChange
    }
  | {
      readonly kind: "setContents"
      readonly path: string
      readonly contents: string
      readonly ifContentGeneration?: number
    }
  | { readonly kind: "delete"; readonly path: string; readonly ifContentGeneration?: number }
  | { readonly kind: "setAcl"; readonly path: string; readonly acl: AclChange; readonly ifAclGeneration?: number }
  | { readonly kind: "getStat" | "getContentsAndStat"; readonly path: string }

export function stepOf(step: StepJson): TransactionStep {
  const node = { kind: "path", path: step.path } as const
  switch (step.kind) {
    case "open": {
      const { mode = "read", create = "mustExist", nodeKind = "file", ephemeral = false, sequential = false } = step
      const { kind, path, contents, acl = {} } = step
      return { kind, path, mode, create, nodeKind, ephemeral, sequential, contents: bytesIn(contents), acl }
    }
    case "setContents":
      return { kind: step.kind, node, contents: bytesIn(step.contents), ifContentGeneration: step.ifContentGeneration }
    case "delete":
      return { kind: step.kind, node, ifContentGeneration: step.ifContentGeneration }
    case "setAcl":
      return { kind: step.kind, node, acl: step.acl, ifAclGeneration: step.ifAclGeneration }
    case "getStat":
    case "getContentsAndStat":
      return { kind: step.kind, node }
  }
}

export function stepAnswerToJson(answer: StepAnswer): object {
  if (answer.kind !== "getContentsAndStat") return answer
  return { ...answer, contents: Buffer.from(answer.contents).toString("base64") }
}

function bytesIn(contents: string | undefined): Uint8Array {
  return contents === undefined ? noBytes : ownBytes(Buffer.from(contents, "base64"))
}

const acl = closed({ read: text, write: text, changeAcl: text }, ["read", "write", "changeAcl"])
const named = (kind: string): Readonly<Record<string, Schema>> => ({ kind: choice(kind), path: text })

const guard = byKind(
  closed({ ...named("exists"), exists: flag }),
  closed({ ...named("counter"), counter: choice("instance", "content", "lock", "acl"), equals: count }),
  closed({ ...named("checksum"), equals: text }),
  closed({ kind: choice("lockHeld"), sequencer: text }),
  closed({ kind: choice("epoch"), equals: count }),
)

const opening = {
  ...{ mode: choice("read", "write", "changeAcl"), create: choice("mustExist", "mayCreate", "mustCreate") },
  ...{ nodeKind: choice("file", "directory"), ephemeral: flag, sequential: flag, contents: base64, acl },
}

const step = byKind(
  closed({ ...named("open"), ...opening }, Object.keys(opening)),
  closed({ ...named("setContents"), contents: base64, ifContentGeneration: count }, ["ifContentGeneration"]),
  closed({ ...named("delete"), ifContentGeneration: count }, ["ifContentGeneration"]),
  closed({ ...named("setAcl"), acl, ifAclGeneration: count }, ["ifAclGeneration"]),
  closed({ kind: choice("getStat", "getContentsAndStat"), path: text }),
)

export const transactionSchema: Schema = closed({ guards: list(guard), then: list(step), otherwise: list(step) }, [
  "guards",
  "then",
  "otherwise",
])

const stepAnswer = closed({ kind: text, stat, contents: base64, handle: text, created: flag }, [
  ...["stat", "contents", "handle", "created"],
])

export const transactionAnswerSchema: Schema = closed({ guardsHeld: flag, answers: list(stepAnswer) })
