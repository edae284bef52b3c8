/** Short names for calls in hand-made histories. Each takes the instants of its invocation and its completion. */
import { utf8 } from "../../../src/base/bytes.ts"
import type { NodeStat, Operation, Outcome } from "../../../src/contract/requests.ts"
import { type Call, unknown } from "../../simulator/history.ts"

type Span = readonly [invokedAt: number, completedAt: number]

const path = "/ls/sim/file"
const node = { kind: "path", path } as const

function call(operation: Operation, outcome: Outcome, [invokedAt, at]: Span, sessionId = 1): Call {
  const completion =
    outcome.kind === "refused"
      ? ({ kind: "refused", at, refusal: outcome } as const)
      : ({ kind: "answered", at, answer: outcome } as const)
  return { client: "client", sessionId, requestNumber: 1, operation, invokedAt, completion }
}

function stat(contentGeneration: number, instance: number): NodeStat {
  const counters = { instance, contentGeneration, lockGeneration: 0, aclGeneration: 1 }
  const acl = { read: "anyone", write: "anyone", changeAcl: "anyone" }
  const facts = { checksum: "", size: 0, childCount: 0, commitIndex: 1, acl }
  return { path, kind: "file", ephemeral: false, ...counters, ...facts }
}

export function unanswered(answered: Call): Call {
  return { ...answered, completion: unknown }
}

export function set(contents: string, generation: number, span: Span, instance = 2): Call {
  const operation: Operation = { kind: "setContents", node, contents: utf8(contents) }
  return call(operation, { kind: "setContents", stat: stat(generation, instance) }, span)
}

export function swapped(contents: string, ifContentGeneration: number, succeeds: boolean, span: Span): Call {
  const operation: Operation = { kind: "setContents", node, contents: utf8(contents), ifContentGeneration }
  const refused: Outcome = { kind: "refused", code: "GENERATION_MISMATCH", detail: "" }
  return call(operation, succeeds ? { kind: "setContents", stat: stat(ifContentGeneration + 1, 2) } : refused, span)
}

export function got(contents: string, generation: number, span: Span, instance = 2): Call {
  const answer: Outcome = { kind: "getContentsAndStat", contents: utf8(contents), stat: stat(generation, instance) }
  return call({ kind: "getContentsAndStat", node }, answer, span)
}

export function missed(span: Span): Call {
  return call({ kind: "getContentsAndStat", node }, { kind: "refused", code: "NODE_NOT_FOUND", detail: "" }, span)
}

export function appeared(name: string, sessionId: number, span: Span): Call {
  const kept = { mode: "write", create: "mustCreate", nodeKind: "file", ephemeral: true } as const
  const shape = { ...kept, sequential: false, contents: utf8(""), acl: {} }
  const answer: Outcome = { kind: "open", handle: `${name}/${String(sessionId)}`, created: true, stat: stat(1, 2) }
  return call({ kind: "open", path: `/ls/sim/live/${name}`, ...shape }, answer, span, sessionId)
}

export function vanished(name: string, sessionId: number, span: Span): Call {
  return call({ kind: "close", handle: `${name}/${String(sessionId)}` }, { kind: "close" }, span, sessionId)
}

export function listed(names: readonly string[], span: Span): Call {
  const entries = names.map((name) => ({ name, stat: stat(1, 2) }))
  const answer: Outcome = { kind: "readDir", entries, more: false, stat: stat(1, 1) }
  return call({ kind: "readDir", node, afterName: "", pageSize: 100, recursive: false }, answer, span)
}
