/**
 * Locks: asked for once or waited for, released, looked at. A lock belongs to a session, which `Claviger-Session` names.
 * As text, the answer to who got a lock is its sequencer: what to show to whatever the lock protects.
 */
import type { FastifyReply, FastifyRequest } from "fastify"
import { refuse } from "../../../contract/errors.ts"
import type { LockMode } from "../../../contract/lock-mode.ts"
import { preferredType } from "../accept.ts"
import { durationMs } from "../duration.ts"
import { nodeOf } from "../node-path.ts"
import { RefusalError } from "../problem.ts"
import type { DoorContext, Resource } from "../resource.ts"
import { delay, party } from "../lock-schemas.ts"
import {
  answer,
  closed,
  count,
  durationInQuery,
  flag,
  headers,
  headersInSession,
  list,
  pathParameter,
  problem,
  query,
  stat,
  text,
} from "../schemas.ts"

interface Asking {
  readonly Querystring: { readonly mode: LockMode; readonly wait?: string; readonly lockDelay?: string }
}

const tags = ["locks"]
const params = pathParameter
const forms = ["application/json", "text/plain"] as const

const held = closed({ lockGeneration: count, sequencer: text, handle: text, stat })
const lockState = closed({ lockGeneration: count, holders: list(party), waiters: list(party), delay }, ["delay"])

const asking = {
  ...query({
    mode: { type: "string", enum: ["exclusive", "shared"] },
    wait: {
      ...durationInQuery,
      description: "How long to wait for the lock; left out: not at all. A number and a unit.",
    },
    lockDelay: { ...durationInQuery, description: "How long the lock stays barred if this holder is lost." },
  }),
  required: ["mode"],
}

export const locks: Resource = (fastify, context) => {
  const { calls, cellName } = context

  fastify.post<Asking>(
    "/v1/locks/*",
    {
      schema: {
        ...{ tags, params, querystring: asking, headers: headersInSession() },
        summary: "Acquires a lock for the session, and creates its file if it is missing",
        response: {
          200: answer("Held.", held, { "text/plain": { schema: text } }),
          409: { ...problem, description: "LOCK_HELD: not now, by `holders`, or until `delay` is over." },
          default: problem,
        },
      },
    },
    async (request, reply) => {
      const type = preferredType(request.headers.accept, forms)
      const { lockGeneration, sequencer, handle, stat } = await acquire(request, reply, context)
      return type === "text/plain" ? reply.send(sequencer) : reply.send({ lockGeneration, sequencer, handle, stat })
    },
  )

  fastify.get(
    "/v1/locks/*",
    {
      schema: {
        ...{ tags, params, querystring: query({}), headers: headers() },
        summary: "Who holds a lock, who waits for it, and why it isn't free",
        response: { 200: answer("The lock.", lockState), default: problem },
      },
    },
    async (request, reply) => {
      preferredType(request.headers.accept, ["application/json"])
      const node = nodeOf(request, cellName)
      const { kind, ...lock } = await calls.make(request, reply, { kind: "getLock", node })
      return lock
    },
  )

  fastify.delete(
    "/v1/locks/*",
    {
      schema: {
        ...{ tags, params, querystring: query({}), headers: headersInSession() },
        summary: "Releases the lock, as often as the session holds it",
        response: { 200: answer("Whether anything was held.", closed({ released: flag })), default: problem },
      },
    },
    async (request, reply) => {
      const node = nodeOf(request, cellName)
      const { released } = await calls.make(request, reply, { kind: "release", node })
      return { released }
    },
  )
}

interface Held {
  readonly lockGeneration: number
  readonly sequencer: string
  readonly handle: string
  readonly stat: object
}

async function acquire(request: FastifyRequest<Asking>, reply: FastifyReply, context: DoorContext): Promise<Held> {
  const { mode, wait, lockDelay } = request.query
  const node = nodeOf(request, context.cellName)
  const lock = { node, mode, lockDelayMs: lockDelay === undefined ? 0 : durationMs(lockDelay) }
  if (wait !== undefined) {
    return context.calls.make(request, reply, { kind: "acquire", ...lock, waitMs: durationMs(wait) })
  }
  const tried = await context.calls.make(request, reply, { kind: "tryAcquire", ...lock })
  if (tried.acquired) return tried
  const { holders, waiterCount, delay } = tried
  const holding = holders.length === 1 ? "1 session holds it" : `${holders.length} sessions hold it`
  const reason = delay === undefined ? holding : "it is in its lock-delay"
  throw new RefusalError(refuse("LOCK_HELD", `The lock of ${node.path} is not free: ${reason}.`), {
    ...{ holders, waiterCount, delay },
  })
}
