/**
 * Errors over HTTP: `application/problem+json` (RFC 9457). Whatever a cell refuses comes straight from the error table;
 * what HTTP alone can get wrong (a method, a media type, a header that is too long) has codes of its own, below.
 */
import { STATUS_CODES } from "node:http"
import type { FastifyReply } from "fastify"
import { type Refusal, errorTable } from "../../contract/errors.ts"
import { detailOf } from "../../wire/refusals.ts"

/** What the door itself has to say, before there is an operation to be refused. */
export const doorProblems = {
  NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  NOT_ACCEPTABLE: 406,
  REQUEST_TIMEOUT: 408,
  URL_TOO_LONG: 414,
  MEDIA_TYPE_UNSUPPORTED: 415,
  MISDIRECTED: 421,
  HEADERS_TOO_LARGE: 431,
  NOT_READY: 503,
} as const

export type DoorProblemCode = keyof typeof doorProblems

/** What a problem says beside its code, as members of its JSON. */
export type ProblemFacts = Readonly<Record<string, unknown>>

export interface Problem {
  readonly type: "about:blank"
  /** That of the status. */
  readonly title: string
  readonly status: number
  readonly code: string
  /** A sentence for people. */
  readonly detail: string
}

/** Thrown by routes; the door turns it into the answer. */
export class RefusalError extends Error {
  override readonly name = "RefusalError"
  readonly refusal: Refusal
  readonly facts: ProblemFacts

  constructor(refusal: Refusal, facts: ProblemFacts = {}) {
    super(refusal.detail)
    this.refusal = refusal
    this.facts = facts
  }
}

/** Likewise, for what is wrong with the request as HTTP. */
export class DoorProblemError extends Error {
  override readonly name = "DoorProblemError"
  readonly code: DoorProblemCode

  constructor(code: DoorProblemCode, detail: string) {
    super(detail)
    this.code = code
  }
}

export function problemOf(status: number, code: string, detail: string): Problem {
  return { type: "about:blank", title: STATUS_CODES[status] ?? "Refused", status, code, detail }
}

export function sendDoorProblem(reply: FastifyReply, code: DoorProblemCode, detail: string): FastifyReply {
  return send(reply, problemOf(doorProblems[code], code, detail))
}

export function sendRefusal(reply: FastifyReply, refusal: Refusal, facts: ProblemFacts = {}): FastifyReply {
  const { code, detail } = refusal
  const { http, advice } = errorTable[code]
  const { retryable, retryAfterMs, unknownOutcome: isUnknown } = detailOf(refusal)
  // A request that changes nothing has no outcome that somebody would have to find out.
  const unknownOutcome = isUnknown && !["GET", "HEAD"].includes(reply.request.method)
  // Whole seconds are all that HTTP knows; a fail-over is over after the shortest.
  if (retryable || retryAfterMs > 0) void reply.header("retry-after", Math.max(1, Math.ceil(retryAfterMs / 1000)))
  const problem = { ...problemOf(http, code, detail), advice, retryable, unknownOutcome, ...facts }
  return send(reply, problem)
}

function send(reply: FastifyReply, problem: Problem): FastifyReply {
  return reply.code(problem.status).type("application/problem+json").send(problem)
}
