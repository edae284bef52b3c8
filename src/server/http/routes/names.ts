/**
 * Names: what they stand for, once, when it changes, or change by change. The same URL answers all three; what is wanted
 * is said by `wait` and by the media type. The work is done by the name service, and here it becomes HTTP.
 */
import type { FastifyReply, FastifyRequest } from "fastify"
import { refuse, type Refusal } from "../../../contract/errors.ts"
import { formatPath } from "../../../contract/node-path.ts"
import { nameLimits } from "../../names/name-limits.ts"
import { type Consistency, consistencies, type Found, type NameQuestion } from "../../names/name-service.ts"
import { preferredType } from "../accept.ts"
import { waitingCount, whenGone } from "../caller.ts"
import { durationMs } from "../duration.ts"
import { nodePathOf } from "../node-path.ts"
import { principalOf } from "../principal.ts"
import { RefusalError } from "../problem.ts"
import type { DoorContext, Resource } from "../resource.ts"
import {
  answer,
  closed,
  count,
  countInQuery,
  durationInQuery,
  flag,
  list,
  pathParameter,
  problem,
  query,
  text,
} from "../schemas.ts"
import { openEventStream } from "../event-stream-response.ts"
import { respond } from "../name-response.ts"

interface OneName {
  readonly Querystring: { readonly consistency?: Consistency; readonly wait?: string; readonly after?: string }
  readonly Headers: { readonly "last-event-id"?: string; readonly "if-none-match"?: string }
}

interface SeveralNames {
  readonly Querystring: {
    readonly consistency?: Consistency
    readonly name?: string | readonly string[]
    readonly prefix?: string
  }
}

const tags = ["names"]
const config = { access: "lookup" } as const
const events = { "text/event-stream": { schema: text } }
const lines = { "text/plain": { schema: text } }
const ifNoneMatch = { ...text, description: "The ETag of what is known already." }

const consistency = {
  type: "string",
  enum: consistencies,
  description:
    "cached (unless said otherwise): as good as asking the master, from this replica's consistent cache. linearizable: " +
    "the master is asked. stale: what this replica knows by itself, even without a quorum; Claviger-Age-Ms tells how " +
    "far it may be behind.",
}

const instance = closed(
  {
    name: text,
    ephemeral: flag,
    text: { ...text, description: "The contents, if they are text." },
    contents: { ...text, contentEncoding: "base64", description: "The contents, if they are no text." },
  },
  ["text", "contents"],
)

const resolution = closed({
  path: text,
  kind: { type: "string", enum: ["file", "directory", "missing"] },
  index: { ...count, description: "The commit index of the last change." },
  instances: list(instance),
})

const severalNames = closed({ index: count, names: list(resolution) })
const unchanged = { type: "null", description: "It is what If-None-Match names." }

export const names: Resource = (fastify, context) => {
  fastify.get<OneName>(
    "/v1/names/*",
    {
      config,
      schema: {
        ...{ tags, params: pathParameter },
        summary: "What a name stands for: the contents of a file, or of all files in a directory",
        querystring: query({
          consistency,
          wait: {
            ...durationInQuery,
            description: "With `after`: answer when the name has changed, or after so long: a minute at most.",
          },
          after: {
            ...countInQuery,
            description: "With `wait`: changed after this commit index, which the last answer told.",
          },
        }),
        headers: {
          type: "object",
          properties: {
            "if-none-match": ifNoneMatch,
            "last-event-id": {
              ...countInQuery,
              description: "Of an event stream: the value of this commit index is known.",
            },
          },
        },
        response: {
          200: answer("What it stands for.", resolution, { ...lines, ...events }),
          304: unchanged,
          default: problem,
        },
      },
    },
    (request, reply) => answerOne(request, reply, context),
  )

  fastify.get<SeveralNames>(
    "/v1/names",
    {
      config,
      schema: {
        tags,
        summary: "What several names stand for, in one answer",
        querystring: query({
          consistency,
          name: {
            anyOf: [text, { type: "array", items: text, maxItems: nameLimits.namesPerRequest }],
            description: "A path in the cell, `a/b`; up to 100 times.",
          },
          prefix: { ...text, description: "All names in a directory, `a/b/`, or those that begin so, `a/b/c`." },
        }),
        headers: { type: "object", properties: { "if-none-match": ifNoneMatch } },
        response: { 200: answer("What they stand for.", severalNames, lines), 304: unchanged, default: problem },
      },
    },
    (request, reply) => answerSeveral(request, reply, context),
  )
}

async function answerOne(
  request: FastifyRequest<OneName>,
  reply: FastifyReply,
  { cellName, names: service }: DoorContext,
): Promise<FastifyReply> {
  const { consistency = "cached", wait, after } = request.query
  const type = preferredType(request.headers.accept, ["application/json", "text/plain", "text/event-stream"])
  const isStream = type === "text/event-stream" && request.method === "GET"
  if (after !== undefined && wait === undefined) throw malformed("after says what to wait for: wait is missing")
  if (wait !== undefined && after === undefined) {
    throw malformed("wait says how long to wait for a change: after is missing, the Claviger-Index of the last answer")
  }
  if (isStream && wait !== undefined) throw malformed("an event stream waits by itself: leave wait away")
  if ((isStream || wait !== undefined) && consistency !== "cached") {
    throw malformed("whoever waits for changes hears of them from the cell: leave consistency away")
  }
  const path = nodePathOf(request, cellName)
  const principal = principalOf(request)
  if ((isStream || wait !== undefined) && waitingCount(request.socket) >= waitsPerConnectionMax) throw crowded
  if (wait !== undefined) {
    const waitMs = Math.min(durationMs(wait), nameLimits.waitMs)
    const waiting = { after: Number(after ?? 0), waitMs, signal: whenGone(reply) }
    return respond(request, reply, await service.wait(path, principal, waiting), type)
  }
  const known = consistency === "cached" ? service.known(path, principal) : undefined
  const found: Found | Refusal =
    known === undefined
      ? await service.lookUp([path], { principal, consistency })
      : { kind: "answers", answers: [known], ageMs: undefined }
  return isStream ? openEventStream(request, reply, found, service) : respond(request, reply, found, type)
}

async function answerSeveral(
  request: FastifyRequest<SeveralNames>,
  reply: FastifyReply,
  { cellName, names: service }: DoorContext,
): Promise<FastifyReply> {
  const { consistency = "cached", name = [], prefix } = request.query
  const type = preferredType(request.headers.accept, ["application/json", "text/plain"])
  const question: NameQuestion = { principal: principalOf(request), consistency }
  const wanted = [name].flat()
  if ((wanted.length === 0) === (prefix === undefined))
    throw malformed("say either which name, up to 100 times, or a prefix")
  if (prefix === undefined) {
    const paths = wanted.map((path) => formatPath(cellName, path.split("/")))
    return respond(request, reply, await service.lookUp(paths, question), type, "several")
  }
  const slash = prefix.lastIndexOf("/")
  const directory = formatPath(cellName, slash < 0 ? [] : prefix.slice(0, slash).split("/"))
  const found = await service.lookUpIn(directory, prefix.slice(slash + 1), question)
  return respond(request, reply, found, type, "several")
}

/** Requests that are sent one behind another could else take up all that there may be. */
const waitsPerConnectionMax = 100

const crowded = new RefusalError(
  refuse("OVERLOADED", `${waitsPerConnectionMax} requests of this connection wait, which are as many as may.`),
)

function malformed(problem: string): RefusalError {
  return new RefusalError(refuse("INVALID_ARGUMENT", `${problem[0]?.toUpperCase() ?? ""}${problem.slice(1)}.`))
}
