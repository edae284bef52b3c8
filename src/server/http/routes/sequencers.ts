/** Sequencers: of a lock that the session holds, and whether one that somebody shows is still good. */
import { preferredType } from "../accept.ts"
import { nodeOf } from "../node-path.ts"
import type { Resource } from "../resource.ts"
import { answer, closed, flag, headers, headersInSession, pathParameter, problem, query, text } from "../schemas.ts"

const tags = ["sequencers"]

export const sequencers: Resource = (fastify, { calls, cellName }) => {
  fastify.get(
    "/v1/sequencers/*",
    {
      schema: {
        ...{ tags, params: pathParameter, querystring: query({}), headers: headersInSession() },
        summary: "The sequencer of a lock that the session holds",
        response: {
          200: answer("As JSON or as text.", closed({ sequencer: text }), { "text/plain": { schema: text } }),
          default: problem,
        },
      },
    },
    async (request, reply) => {
      const type = preferredType(request.headers.accept, ["application/json", "text/plain"])
      const node = nodeOf(request, cellName)
      const { sequencer } = await calls.make(request, reply, { kind: "getSequencer", node })
      return type === "text/plain" ? reply.send(sequencer) : reply.send({ sequencer })
    },
  )

  fastify.post<{ Body: { readonly sequencer: string } }>(
    "/v1/sequencers/check",
    {
      schema: {
        ...{ tags, querystring: query({}), headers: headers(), body: closed({ sequencer: text }) },
        summary: "Whether the lock of a sequencer is still held so; if not, why",
        response: { 200: answer("The verdict.", closed({ valid: flag, reason: text })), default: problem },
      },
    },
    async (request, reply) => {
      const { sequencer } = request.body
      const { valid, reason } = await calls.make(request, reply, { kind: "checkSequencer", sequencer })
      return { valid, reason }
    },
  )
}
