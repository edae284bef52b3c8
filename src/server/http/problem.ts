/** Errors over HTTP: `application/problem+json` (RFC 9457). `code` is that of the error table where there is one. */
import type { FastifyReply } from "fastify"

export interface Problem {
  readonly status: number
  readonly title: string
  /** A sentence for people. */
  readonly detail: string
  readonly code: string
}

export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  return reply
    .code(problem.status)
    .type("application/problem+json")
    .send({ type: "about:blank", ...problem })
}
