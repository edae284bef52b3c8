/**
 * A guard for Fastify. Every route that is added after it, in the scope that it is registered in, wants a sequencer:
 *
 * ```ts
 * await app.register(fencePlugin, { fence })
 * app.put("/orders/:id", (request) => store(request.params, request.sequencer))
 * app.get("/orders/:id", { config: { fence: "open" } }, show)
 * ```
 */
import type { FastifyInstance, FastifyPluginCallback, FastifyReply, FastifyRequest } from "fastify"
import type { SequencerStatement } from "../../contract/sequencer.ts"
import type { AnyFence } from "../fence.ts"
import { admitByHeader, isWorthRepeating, type Passage, problemOf, sequencerHeader } from "../guarding.ts"
import type { Refused } from "../refusals.ts"

export interface FencePluginOptions {
  readonly fence: AnyFence
}

declare module "fastify" {
  interface FastifyRequest {
    /** What the request has shown; undefined where it did not have to show anything. */
    sequencer: SequencerStatement | undefined
  }
  interface FastifyContextConfig {
    /** By which lock requests of this route may pass; by the fence's own unless said otherwise. */
    fence?: Passage | ((request: FastifyRequest) => Passage)
  }
}

function guardRoutes(fastify: FastifyInstance, { fence }: FencePluginOptions, done: () => void): void {
  const guard = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> => {
    const guarded = await admitByHeader(fence, request.headers[sequencerHeader], () => passageOf(request))
    if (guarded.kind === "refused") return refuse(request, reply, guarded)
    if (guarded.kind === "admitted") request.sequencer = guarded.statement
    return undefined
  }
  fastify.decorateRequest("sequencer", undefined)
  // Before the body is read: strangers have theirs read by somebody else.
  fastify.addHook("onRequest", guard)
  // And after, for the next holder may have been here while it came.
  fastify.addHook("preHandler", async (request, reply) =>
    request.body === undefined ? undefined : await guard(request, reply),
  )
  done()
}

/** The routes are those of the scope that it is registered in, not of one of its own, as Fastify would have it. */
export const fencePlugin: FastifyPluginCallback<FencePluginOptions> = Object.assign(guardRoutes, {
  [Symbol.for("skip-override")]: true,
  [Symbol.for("fastify.display-name")]: "claviger-fence",
})

function passageOf(request: FastifyRequest): Passage {
  const passage = request.routeOptions.config.fence ?? {}
  return typeof passage === "function" ? passage(request) : passage
}

function refuse(request: FastifyRequest, reply: FastifyReply, refusal: Refused): FastifyReply {
  const { reason, detail, supersededBy, cause } = refusal
  request.log.warn({ reason, supersededBy, err: cause }, `refused by the fence: ${detail}`)
  const problem = problemOf(refusal)
  if (isWorthRepeating(refusal)) void reply.header("retry-after", "1")
  return reply.code(problem.status).type("application/problem+json").send(problem)
}
