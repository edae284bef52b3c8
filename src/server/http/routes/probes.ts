/** For load balancers, supervisors and people: is the process alive, is this replica ready, how is the cell. */
import { obstacles } from "../../readiness.ts"
import { sendDoorProblem } from "../problem.ts"
import type { Resource } from "../resource.ts"
import { answer, closed, count, flag, list, problem, text } from "../schemas.ts"

const replica = { type: "object", description: "What it says of itself, or that it is down.", required: ["id", "role"] }
const cell = closed({
  ...{ cell: text, epoch: count, master: { ...count, description: "Zero: none." } },
  canLose: { type: "integer", description: "How many more replicas may go before nobody serves; -1: nobody does." },
  replicas: list(replica),
})

export const probes: Resource = (fastify, { status, picture }) => {
  const config = { access: "anyone" } as const
  const tags = ["probes"]

  fastify.get(
    "/livez",
    {
      config,
      schema: {
        tags,
        summary: "Whether the process runs",
        response: { 200: answer("It runs.", closed({ alive: flag })) },
      },
    },
    () => ({ alive: true }),
  )

  fastify.get(
    "/readyz",
    {
      config,
      schema: {
        tags,
        summary: "Whether this replica is fit to be asked; if not, all the reasons",
        response: {
          200: answer("It is.", closed({ ready: flag })),
          503: { ...problem, description: "NOT_READY: `detail` has all the reasons." },
        },
      },
    },
    (_request, reply) => {
      const reasons = obstacles(status())
      return reasons.length === 0 ? { ready: true } : sendDoorProblem(reply, "NOT_READY", reasons.join(" "))
    },
  )

  /** The picture as such is no error, but a load balancer should see from the status alone that nobody serves. */
  fastify.get(
    "/healthz",
    {
      config,
      schema: {
        tags,
        summary: "The cell as this replica sees it: master, epoch, how many more it can lose",
        response: {
          200: answer("It serves.", cell),
          503: answer("It has no master that this replica knows of.", cell),
        },
      },
    },
    async (_request, reply) => {
      const cell = await picture.take()
      return reply.code(cell.master === 0 ? 503 : 200).send(cell)
    },
  )
}
