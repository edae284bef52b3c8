/** Directories: listed page by page, created, and deleted once they are empty. Without a path: the root of the cell. */
import { noBytes } from "../../../base/bytes.ts"
import { limits } from "../../../contract/limits.ts"
import { preferredType } from "../accept.ts"
import { type CreationQuery, conditionIn, creationOf, deleteNode, demandNoVersion } from "../changes.ts"
import { nodeOf, nodePathOf, urlOf } from "../node-path.ts"
import { pageSizeOf } from "../page-size.ts"
import type { Resource } from "../resource.ts"
import {
  answer,
  closed,
  countInQuery,
  flag,
  flagInQuery,
  headers,
  ifMatch,
  ifNoneMatch,
  list,
  nothing,
  pathParameter,
  problem,
  query,
  stat,
  text,
} from "../schemas.ts"

interface Listing {
  readonly Querystring: { readonly after?: string; readonly limit?: string; readonly recursive?: "true" | "false" }
}

const tags = ["directories"]
const listing = {
  tags,
  summary: "The children of a directory, in order of their names",
  querystring: query({
    after: { ...text, description: "Only names behind this one: the last of the page before." },
    limit: { ...countInQuery, description: `Entries of the page, at most ${limits.readDirPageMax}.` },
    recursive: { ...flagInQuery, description: "The whole subtree, each directory before what lies in it." },
  }),
  headers: headers(),
  response: {
    200: answer("A page.", closed({ entries: list(closed({ name: text, stat })), more: flag, stat })),
    default: problem,
  },
}

export const directories: Resource = (fastify, context) => {
  const { calls, cellName } = context
  for (const [url, params] of [
    ["/v1/directories", undefined],
    ["/v1/directories/*", pathParameter],
  ] as const) {
    const schema = params === undefined ? listing : { ...listing, params }
    fastify.get<Listing>(url, { schema }, async (request, reply) => {
      preferredType(request.headers.accept, ["application/json"])
      const { after: afterName = "", limit, recursive } = request.query
      const { entries, more, stat } = await calls.make(request, reply, {
        ...{ kind: "readDir", node: nodeOf(request, cellName), afterName, recursive: recursive === "true" },
        pageSize: pageSizeOf(limit, limits.readDirPageMax),
      })
      return { entries, more, stat }
    })
  }

  fastify.put<{ Querystring: CreationQuery }>(
    "/v1/directories/*",
    {
      schema: {
        ...{ tags, params: pathParameter, headers: headers(ifNoneMatch) },
        summary: "Creates a directory",
        querystring: query({ ephemeral: flagInQuery, sequential: flagInQuery }),
        response: { 201: answer("Created.", closed({ stat, handle: text })), default: problem },
      },
    },
    async (request, reply) => {
      demandNoVersion(conditionIn(request))
      const creation = creationOf(nodePathOf(request, cellName), "directory", noBytes, request.query)
      const { stat, handle } = await calls.make(request, reply, creation)
      return reply.code(201).header("location", urlOf("/v1/directories", stat.path)).send({ stat, handle })
    },
  )

  fastify.delete(
    "/v1/directories/*",
    {
      schema: {
        ...{ tags, params: pathParameter, querystring: query({}), headers: headers(ifMatch) },
        summary: "Deletes an empty directory, or a file",
        response: { 204: nothing("Deleted."), default: problem },
      },
    },
    (request, reply) => deleteNode(request, reply, context),
  )
}
