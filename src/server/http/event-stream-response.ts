/** A response that goes on: server-sent events. From its head on, it is the name service that writes it. */
import type { FastifyReply, FastifyRequest } from "fastify"
import { present } from "../../base/assert.ts"
import type { Refusal } from "../../contract/errors.ts"
import type { Answer } from "../names/answer.ts"
import type { EventSink } from "../names/event-stream.ts"
import { nameLimits } from "../names/name-limits.ts"
import type { Found, NameService } from "../names/name-service.ts"
import { whenGone } from "./caller.ts"
import { principalOf } from "./principal.ts"
import { RefusalError } from "./problem.ts"

export async function openEventStream(
  request: FastifyRequest,
  reply: FastifyReply,
  found: Found | Refusal,
  service: NameService,
): Promise<FastifyReply> {
  const gone = whenGone(reply)
  const lastEventId = request.headers["last-event-id"]
  const knownThrough = typeof lastEventId === "string" ? Number(lastEventId) : 0
  let answer = answerIn(found)
  if (answer.resolution.index < knownThrough) {
    // Another replica may have told of a change that waits for this one's cache. If not, the cell itself has gone back.
    const question = { principal: principalOf(request), consistency: "linearizable" } as const
    answer = answerIn(await service.lookUp([answer.resolution.path], question))
  }
  const leave = service.stream(answer, principalOf(request), { knownThrough, open: () => open(reply) })
  if (typeof leave !== "function") throw new RefusalError(leave)
  reply.raw.once("close", leave)
  if (gone.aborted) leave()
  else gone.addEventListener("abort", leave)
  return reply
}

function answerIn(found: Found | Refusal): Answer {
  if (found.kind === "refused") throw new RefusalError(found)
  return present(found.answers[0], "a name that is looked up has an answer")
}

function open(reply: FastifyReply): EventSink {
  reply.hijack()
  const { raw } = reply
  // Every sign of life counts; without any, the reader has gone or takes nothing.
  raw.socket?.setTimeout(nameLimits.stalledMs)
  raw.socket?.setNoDelay(true)
  for (const [name, value] of Object.entries(reply.getHeaders())) if (value !== undefined) raw.setHeader(name, value)
  raw.writeHead(200, {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-cache, no-transform",
    // Some proxies would keep events until they have a page full of them.
    "x-accel-buffering": "no",
  })
  return raw
}
