/**
 * Sessions: created, kept alive, listed and closed. A session is kept alive by asking: the call is parked until the lease
 * is half over or there is something to tell, and its answer extends the lease.
 */
import { randomUUID } from "node:crypto"
import { limits } from "../../../contract/limits.ts"
import { preferredType } from "../accept.ts"
import { pageSizeOf } from "../page-size.ts"
import type { Resource } from "../resource.ts"
import {
  answer,
  closed,
  count,
  countInQuery,
  flag,
  headers,
  idInPath,
  list,
  nothing,
  optional,
  problem,
  query,
  text,
} from "../schemas.ts"

interface Creation {
  readonly Body?: {
    readonly clientName?: string
    readonly host?: string
    readonly processId?: number
    readonly sessionLeaseMs?: number
    readonly nonce?: string
  }
}

interface OfSession {
  readonly Params: { readonly sessionId: string }
  readonly Body: { readonly seen: { readonly epoch: number; readonly through: number } } | undefined
}

interface Listing {
  readonly Querystring: { readonly after?: string; readonly limit?: string }
}

const tags = ["sessions"]
const params = closed({ sessionId: idInPath })
const forms = ["application/json", "text/plain"] as const

const created = closed({ sessionId: count, sessionLeaseMs: count })
const creation = closed(
  {
    clientName: { ...text, description: "For people who look at locks." },
    host: { ...text, description: "Where the client runs; left out: the address that the request comes from." },
    processId: count,
    sessionLeaseMs: { ...count, description: `Left out: ${limits.sessionLeaseMsDefault}.` },
    nonce: { ...text, description: "Drawn by the client: a retry with the same one finds the session it has made." },
  },
  ["clientName", "host", "processId", "sessionLeaseMs", "nonce"],
)

const kept = closed({
  sessionLeaseMs: { ...count, description: "The lease runs for so long from now." },
  parkedMs: count,
  cacheLeaseMs: count,
  firstNotice: { ...count, description: "The number of the first notice; the others follow." },
  notices: list({ type: "object", description: "Told again until `seen` acknowledges them.", required: ["kind"] }),
})
const seen = closed({ seen: closed({ epoch: count, through: count }) })

const facts = closed({
  ...{ sessionId: count, clientName: text, principal: text, host: text, processId: count, caching: flag },
  ...{ sessionLeaseMs: count, remainingMs: count, engagementCount: count, cachedKeyCount: count },
  ...{ subscriptionCount: count, noticeCount: count, delaysWritesForMs: count },
})
const ended = closed({ sessionId: count, clientName: text, reason: text, index: count })

export const sessions: Resource = (fastify, { calls }) => {
  fastify.post<Creation>(
    "/v1/sessions",
    {
      schema: {
        ...{ tags, querystring: query({}), headers: headers(), body: optional(creation) },
        summary: "Creates a session; as text, the answer is its id",
        response: { 201: answer("Created.", created, { "text/plain": { schema: text } }), default: problem },
      },
    },
    async (request, reply) => {
      const type = preferredType(request.headers.accept, forms)
      // Whoever has hung up already comes from nowhere, whatever the type of `request.ip` says.
      const host = request.socket.remoteAddress ?? ""
      const { sessionId, sessionLeaseMs } = await calls.make(request, reply, {
        ...{ kind: "createSession", clientName: "http", host, processId: 0, caching: false },
        ...{ sessionLeaseMs: limits.sessionLeaseMsDefault, nonce: randomUUID() },
        ...request.body,
      })
      // Without a Location: one session by itself can't be read.
      void reply.code(201)
      return type === "text/plain" ? reply.send(String(sessionId)) : reply.send({ sessionId, sessionLeaseMs })
    },
  )

  fastify.get<Listing>(
    "/v1/sessions",
    {
      schema: {
        ...{ tags, querystring: query({ after: countInQuery, limit: countInQuery }), headers: headers() },
        summary: "The sessions of the cell in order of their ids; with the last page, those that ended of late",
        response: {
          200: answer("A page.", closed({ sessions: list(facts), more: flag, ended: list(ended) })),
          default: problem,
        },
      },
    },
    async (request, reply) => {
      preferredType(request.headers.accept, ["application/json"])
      const { after = "0", limit } = request.query
      const page = { afterSessionId: Number(after), pageSize: pageSizeOf(limit, limits.listSessionsPageMax) }
      const { sessions, more, ended } = await calls.make(request, reply, { kind: "listSessions", ...page })
      return { sessions, more, ended }
    },
  )

  fastify.post<OfSession>(
    "/v1/sessions/:sessionId/keep-alive",
    {
      schema: {
        ...{ tags, params, querystring: query({}), headers: headers(), body: optional(seen) },
        summary: "Extends the session's lease; answered when it is half over, or when there is something to tell",
        response: { 200: answer("Extended.", kept), default: problem },
      },
    },
    async (request, reply) => {
      const { seen } = request.body ?? { seen: { epoch: 0, through: 0 } }
      const sessionId = Number(request.params.sessionId)
      const { kind, ...extended } = await calls.make(request, reply, { kind: "keepAlive", seen }, sessionId)
      return extended
    },
  )

  fastify.delete<OfSession>(
    "/v1/sessions/:sessionId",
    {
      schema: {
        ...{ tags, params, querystring: query({}), headers: headers() },
        summary: "Closes the session: its locks are free, its ephemeral nodes gone",
        response: { 204: nothing("Closed."), default: problem },
      },
    },
    async (request, reply) => {
      await calls.make(request, reply, { kind: "closeSession" }, Number(request.params.sessionId))
      return reply.code(204).send()
    },
  )
}
