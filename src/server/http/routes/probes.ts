/** For load balancers, supervisors and people: is the process alive, is this replica ready, how is the cell. */
import { obstacles } from "../../readiness.ts"
import { sendDoorProblem } from "../problem.ts"
import type { Resource } from "../resource.ts"

export const probes: Resource = (fastify, { status, picture }) => {
  const config = { access: "anyone" } as const
  const tags = ["probes"]

  fastify.get("/livez", { config, schema: { tags, summary: "Whether the process runs" } }, () => ({ alive: true }))

  fastify.get(
    "/readyz",
    { config, schema: { tags, summary: "Whether this replica is fit to be asked; if not, all the reasons" } },
    (_request, reply) => {
      const reasons = obstacles(status())
      return reasons.length === 0 ? { ready: true } : sendDoorProblem(reply, "NOT_READY", reasons.join(" "))
    },
  )

  /** The picture as such is no error, but a load balancer should see from the status alone that nobody serves. */
  fastify.get(
    "/healthz",
    { config, schema: { tags, summary: "The cell as this replica sees it: master, epoch, how many more it can lose" } },
    async (_request, reply) => {
      const cell = await picture.take()
      return reply.code(cell.master === 0 ? 503 : 200).send(cell)
    },
  )
}
