/** What was found out about names, as an HTTP response: JSON, or lines of text, or that nothing has changed. */
import type { FastifyReply, FastifyRequest } from "fastify"
import { type Refusal, refuse } from "../../contract/errors.ts"
import type { Answer } from "../names/answer.ts"
import type { Found } from "../names/name-service.ts"
import { etagOf } from "../names/resolution.ts"
import { isListed } from "./etag.ts"
import { RefusalError } from "./problem.ts"

/** `asked`: of one name the answer is its own; of several it is a list, in which some may be missing. */
export function respond(
  { headers }: FastifyRequest,
  reply: FastifyReply,
  found: Found | Refusal,
  type: string,
  asked: "one" | "several" = "one",
): FastifyReply {
  if (found.kind === "refused") throw new RefusalError(found)
  const { answers, ageMs } = found
  const [first] = answers
  const index = answers.reduce((newest, { resolution }) => Math.max(newest, resolution.index), 0)
  void reply.header("claviger-index", index).header("cache-control", "no-cache").header("vary", "accept")
  if (ageMs !== undefined) void reply.header("claviger-age-ms", ageMs)
  if (asked === "one" && first?.resolution.kind === "missing") throw missing(first.resolution.path, index)
  const etag = asked === "one" && first !== undefined ? first.etag : etagOf(answers.map(({ resolution }) => resolution))
  void reply.header("etag", `W/${etag}`)
  const known = headers["if-none-match"]
  if (known !== undefined && isListed(known, etag)) return reply.code(304).send()
  if (type === "text/plain") return reply.type("text/plain; charset=utf-8").send(linesOf(answers))
  const told = answers.map(({ json }) => json)
  const json = asked === "one" ? told.join("") : `{"index":${index},"names":[${told.join(",")}]}`
  return reply.type("application/json; charset=utf-8").send(json)
}

function missing(path: string, index: number): RefusalError {
  return new RefusalError(refuse("NODE_NOT_FOUND", `There is no ${path}.`), { path, index })
}

function linesOf(answers: readonly Answer[]): string {
  const all: string[] = []
  for (const { lines } of answers) {
    if ("kind" in lines) throw new RefusalError(lines)
    all.push(...lines)
  }
  return all.map((line) => `${line}\n`).join("")
}
