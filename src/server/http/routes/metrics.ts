/** For Prometheus. Open to anyone who gets to the door, for it counts, and names nobody. */
import type { Resource } from "../resource.ts"

export const metricsResource: Resource = (fastify, { metrics }) => {
  const config = { access: "anyone" } as const
  const schema = { tags: ["probes"], summary: "What this replica measures, in the text format of Prometheus" }
  fastify.get("/metrics", { config, schema }, async (_request, reply) => {
    return await reply.type(metrics.contentType).send(await metrics.text())
  })
}
