/**
 * Everything that can go wrong on the way to a route or in it, turned into a problem: refusals of the cell, faults of the
 * request as HTTP, and mistakes of ours, of which the caller learns no more than that.
 */
import { STATUS_CODES } from "node:http"
import type { Socket } from "node:net"
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify"
import { errorTable, refuse } from "../../contract/errors.ts"
import type { Logger } from "../../host/logger.ts"
import { faultIn, sentence } from "./faults.ts"
import { type AllowedMethods, methodsThere } from "./methods.ts"
import {
  type DoorProblemCode,
  DoorProblemError,
  RefusalError,
  doorProblems,
  problemOf,
  sendDoorProblem,
  sendRefusal,
} from "./problem.ts"

/** A sequencer and whatever proxies add fit; Node allows for URL and headers together. */
export const headBytesMax: number = 16 * 1024

export function answerErrors(fastify: FastifyInstance, allowed: AllowedMethods, log: Logger): void {
  fastify.setNotFoundHandler((request, reply) => {
    const { method, url } = request
    const methods = methodsThere(allowed, url)
    if (methods.length === 0) return sendDoorProblem(reply, "NOT_FOUND", `There is no ${method} ${url} here.`)
    void reply.header("allow", methods.join(", "))
    const detail = `${method} means nothing here; ${methods.join(", ")} would.`
    return sendDoorProblem(reply, "METHOD_NOT_ALLOWED", detail)
  })

  fastify.setErrorHandler<FastifyError>((error, request, reply) => {
    if (error instanceof RefusalError) return sendRefusal(reply, error.refusal, error.facts)
    if (error instanceof DoorProblemError) return sendDoorProblem(reply, error.code, error.message)
    const status = error.statusCode ?? 500
    if (status < 500) return answerFault(request, reply, error, status)
    // What went wrong inside is nobody's business outside.
    log.error({ method: request.method, url: request.routeOptions.url, reason: error.stack }, "an HTTP request failed")
    return sendRefusal(reply, refuse("INTERNAL", "The replica has made a mistake, and its log says which."))
  })
}

/** What Fastify itself has found to be wrong with a request. */
function answerFault(
  { routeOptions: { bodyLimit } }: FastifyRequest,
  reply: FastifyReply,
  error: FastifyError,
  status: number,
): FastifyReply {
  if (status === 413)
    return sendRefusal(reply, refuse("CONTENTS_TOO_LARGE", `A body here has ${bodyLimit} bytes at most.`))
  if (status === 415) {
    return sendDoorProblem(reply, "MEDIA_TYPE_UNSUPPORTED", "A body is JSON here, and Content-Type: application/json.")
  }
  return sendRefusal(reply, refuse("INVALID_ARGUMENT", faultIn(error)))
}

/** Of a URL that the router can't decode; no hook has run for it. */
export function answerBadUrl(error: FastifyError, _request: unknown, reply: FastifyReply): void {
  void sendRefusal(reply, refuse("INVALID_PATH", sentence(error.message)))
}

/** Answers what never became a request: it is cut off, and told why if it still listens. */
export function answerBrokenRequest(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || error.code === "ECONNRESET") {
    socket.destroy()
    return
  }
  const code = brokenRequests.get(error.code ?? "") ?? "INVALID_ARGUMENT"
  const status = code === "INVALID_ARGUMENT" ? errorTable[code].http : doorProblems[code]
  const body = JSON.stringify(problemOf(status, code, brokenSentence(code, error.message)))
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}`,
    "content-type: application/problem+json",
    `content-length: ${Buffer.byteLength(body)}`,
    "connection: close",
  ]
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`)
}

function brokenSentence(code: string, message: string): string {
  if (code === "HEADERS_TOO_LARGE") return `URL and headers together take ${headBytesMax / 1024} KiB at most.`
  return sentence(`This is no request that can be served: ${message}`)
}

/** What Node calls them. */
const brokenRequests: ReadonlyMap<string, DoorProblemCode> = new Map([
  ["HPE_HEADER_OVERFLOW", "HEADERS_TOO_LARGE"],
  ["ERR_HTTP_REQUEST_TIMEOUT", "REQUEST_TIMEOUT"],
])
