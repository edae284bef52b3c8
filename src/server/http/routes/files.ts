/**
 * Files: read, written and deleted whole. A version can be named with If-Match, which makes a change conditional on the
 * very file and its generation; `If-None-Match: *` makes it a creation.
 */
import type { FastifyReply, FastifyRequest } from "fastify"
import { assert } from "../../../base/assert.ts"
import { noBytes } from "../../../base/bytes.ts"
import { limits } from "../../../contract/limits.ts"
import type { NodeStat } from "../../../contract/requests.ts"
import { ownBytes } from "../../../wire/terms.ts"
import { preferredType } from "../accept.ts"
import {
  type CreationQuery,
  changeIf,
  conditionIn,
  creationOf,
  deleteNode,
  demandNoVersion,
  mismatch,
} from "../changes.ts"
import { etagOf, isListed } from "../etag.ts"
import { nodeOf, urlOf } from "../node-path.ts"
import type { DoorContext, Resource } from "../resource.ts"
import {
  answer,
  bytes,
  closed,
  flagInQuery,
  headers,
  ifMatch,
  ifNoneMatch,
  nothing,
  pathParameter,
  problem,
  query,
  stat,
  text,
} from "../schemas.ts"

interface Contents {
  readonly Querystring: CreationQuery
  /** Absent: a request without a body. */
  readonly Body: Uint8Array | undefined
}

const tags = ["files"]
const params = pathParameter
const contentsInBase64 = { type: "string", contentEncoding: "base64" }
const raw = { "application/octet-stream": { schema: bytes }, "text/plain": { schema: bytes } }
const written = closed({ stat, handle: text }, ["handle"])
const ephemeral = { ...flagInQuery, description: "Creates the file, which goes with its session." }
const sequential = { ...flagInQuery, description: "Creates a file; the cell appends a number to its name." }

export const files: Resource = (fastify, context) => {
  // Contents are bytes, whatever their sender calls them.
  fastify.removeAllContentTypeParsers()
  fastify.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body: Buffer, done) => {
    done(null, ownBytes(body))
  })

  fastify.get(
    "/v1/files/*",
    {
      schema: {
        ...{ tags, params, querystring: query({}), headers: headers({ ...ifMatch, ...ifNoneMatch }) },
        summary: "The contents of a file: raw, or with all the facts about it as JSON",
        response: {
          200: {
            description: "The contents.",
            content: { ...raw, "application/json": { schema: closed({ contents: contentsInBase64, stat }) } },
          },
          304: nothing("If-None-Match names the present version."),
          default: problem,
        },
      },
    },
    (request, reply) => read(request, reply, context),
  )

  fastify.put<Contents>(
    "/v1/files/*",
    {
      bodyLimit: limits.contentsBytesMax,
      schema: {
        ...{
          tags,
          params,
          querystring: query({ ephemeral, sequential }),
          headers: headers({ ...ifMatch, ...ifNoneMatch }),
        },
        consumes: ["*/*"],
        summary: "Writes a file whole, and creates it if it is missing",
        response: { 200: answer("Written.", written), 201: answer("Created.", written), default: problem },
      },
    },
    (request, reply) => write(request, reply, context),
  )

  fastify.delete(
    "/v1/files/*",
    {
      schema: {
        ...{ tags, params, querystring: query({}), headers: headers(ifMatch) },
        summary: "Deletes a file, or an empty directory",
        response: { 204: nothing("Deleted."), default: problem },
      },
    },
    (request, reply) => deleteNode(request, reply, context),
  )
}

async function read(request: FastifyRequest, reply: FastifyReply, context: DoorContext): Promise<FastifyReply> {
  const type = preferredType(request.headers.accept, ["application/octet-stream", "text/plain", "application/json"])
  const node = nodeOf(request, context.cellName)
  const file = await context.calls.make(request, reply, { kind: "getContentsAndStat", node })
  const etag = etagOf(file.stat)
  void reply.header("etag", etag).header("cache-control", "no-cache").header("vary", "accept")
  const { "if-match": wanted, "if-none-match": known } = request.headers
  if (wanted !== undefined && !isListed(wanted, etag)) throw mismatch(file.stat.path)
  if (known !== undefined && isListed(known, etag)) return reply.code(304).send()
  if (type === "application/json") {
    return reply.send({ contents: Buffer.from(file.contents).toString("base64"), stat: file.stat })
  }
  // Never as a page: whoever may write a file could otherwise speak in this door's name.
  return reply.type(type === "text/plain" ? "text/plain; charset=utf-8" : type).send(Buffer.from(file.contents))
}

async function write(
  request: FastifyRequest<Contents>,
  reply: FastifyReply,
  context: DoorContext,
): Promise<FastifyReply> {
  const { query: wanted, body: contents = noBytes } = request
  const node = nodeOf(request, context.cellName)
  const condition = conditionIn(request)
  if (wanted.ephemeral !== "true" && wanted.sequential !== "true") {
    const setContents = { kind: "setContents", node, contents } as const
    const written = await changeIf(condition, setContents, context.calls, request, reply)
    assert(written.kind === "setContents", "a step is answered in kind")
    return tellWritten(reply, written.stat, { stat: written.stat })
  }
  demandNoVersion(condition)
  const { stat, handle } = await context.calls.make(request, reply, creationOf(node.path, "file", contents, wanted))
  return tellWritten(reply, stat, { stat, handle })
}

function tellWritten(reply: FastifyReply, stat: NodeStat, written: object): FastifyReply {
  const isNew = stat.contentGeneration === firstGeneration
  if (isNew) void reply.header("location", urlOf("/v1/files", stat.path))
  return reply
    .code(isNew ? 201 : 200)
    .header("etag", etagOf(stat))
    .send(written)
}

/** Of the contents that a file is created with. */
const firstGeneration = 1
