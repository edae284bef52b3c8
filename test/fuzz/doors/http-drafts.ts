/** Requests that the HTTP door's own description admits, put together from its OpenAPI document. */
import type { Prng } from "../../../src/base/prng.ts"
import { type Genuine, type Place, anyNode } from "./genuine.ts"
import { randomBytes } from "./mutations.ts"
import { type Hint, type JsonSchema, sampleOf } from "./schema-samples.ts"

export interface HttpDraft {
  readonly method: string
  readonly target: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: Buffer | undefined
  /** What the body says, if it is JSON. */
  readonly json: unknown
  /** Whether the door may do well to answer late: it has been asked to wait. */
  readonly mayPark: boolean
}

interface Parameter {
  readonly name: string
  readonly in: "path" | "query" | "header"
  readonly required?: boolean
  readonly schema: JsonSchema
}

interface Described {
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: { readonly content: { readonly "application/json"?: { readonly schema: JsonSchema } } }
}

export interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>
}

interface Route extends Described {
  readonly method: string
  readonly path: string
}

export class HttpDrafts {
  readonly #routes: readonly Route[]

  constructor({ paths }: OpenApi) {
    this.#routes = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, described]) => ({ ...described, method: method.toUpperCase(), path })),
    )
  }

  draw(dice: Prng, place: Place, genuine: Genuine): HttpDraft {
    const route = dice.pick(this.#routes)
    const { method, path, parameters = [] } = route
    const hint = hintsOf(dice, place, genuine)
    const given = parameters.filter(({ required, name }) => required === true || dice.chance(1, isRare(name) ? 12 : 3))
    const valueOf = ({ name, schema }: Parameter): string => String(sampleOf(dice, schema, hint, name))
    const query = given.filter((parameter) => parameter.in === "query")
    const said = query.map((parameter) => `${parameter.name}=${encodeURIComponent(valueOf(parameter))}`).join("&")
    const url = path
      .replace("{path}", () => pathIn(dice, place, genuine))
      .replace("{sessionId}", () => String(hint("sessionId")))
    const headers = given
      .filter((parameter) => parameter.in === "header")
      .map((one) => [one.name, valueOf(one)] as const)
    const { json, body, type } = bodyOf(dice, route, hint)
    const isStream = url.startsWith("/v1/names/") && dice.chance(1, 10)
    return {
      ...{ method, target: said === "" ? url : `${url}?${said}`, body, json },
      headers: [
        ...headers,
        ...(type === undefined ? [] : [["content-type", type] as const]),
        ...(isStream ? [["accept", "text/event-stream"] as const] : []),
      ],
      mayPark: isStream || url.endsWith("/keep-alive") || said.includes("wait="),
    }
  }
}

/** Both exclude each other on a change, and a number that is not the session's next is refused. */
function isRare(name: string): boolean {
  return ["if-match", "if-none-match", "claviger-request", "claviger-answered", "claviger-epoch"].includes(name)
}

function hintsOf(dice: Prng, place: Place, genuine: Genuine): Hint {
  const { folder, sessionIds, sequencers, etags } = genuine
  const hints: Readonly<Record<string, () => unknown>> = {
    "if-match": () => dice.pick([...etags, "*"]),
    "if-none-match": () => dice.pick([...etags, "*", "*"]),
    "claviger-session": () => dice.pick(sessionIds),
    // Most sessions are left to themselves; the genuine ones are needed for longer.
    sessionId: () => (dice.chance(1, 20) ? dice.pick(sessionIds) : dice.between(1, 10_000)),
    "claviger-epoch": () => dice.between(0, 2),
    "claviger-request": () => dice.between(1, 10_000),
    "claviger-sequencer": () => dice.pick(sequencers),
    sequencer: () => dice.pick(sequencers),
    path: () => `/ls/local/${anyNode(dice, place, genuine)}`,
    name: () => anyNode(dice, place, genuine),
    prefix: () => `${place}/${folder}/${dice.pick(["", "d/", "a"])}`,
    wait: () => `${dice.between(1, 30)}ms`,
    sessionLeaseMs: () => dice.between(1_000, 2_000),
    nonce: () => randomBytes(dice, 8).toString("hex"),
  }
  return (name) => (Object.hasOwn(hints, name) ? hints[name]?.() : undefined)
}

function pathIn(dice: Prng, place: Place, genuine: Genuine): string {
  return anyNode(dice, place, genuine).split("/").map(encodeURIComponent).join("/")
}

interface Body {
  readonly json?: unknown
  readonly body: Buffer | undefined
  readonly type?: string
}

function bodyOf(dice: Prng, { method, path, requestBody }: Route, hint: Hint): Body {
  const schema = requestBody?.content["application/json"]?.schema
  if (schema !== undefined) {
    const json = sampleOf(dice, schema, hint)
    return { json, body: Buffer.from(JSON.stringify(json)), type: "application/json" }
  }
  if (method !== "PUT" || !path.startsWith("/v1/files")) return { body: undefined }
  return { body: randomBytes(dice, dice.below(60)), ...(dice.chance(1, 2) ? { type: "text/plain" } : {}) }
}

/** To the letter: nothing is completed or tidied up. */
export function written({ method, target, headers, body }: HttpDraft): Buffer {
  const length = body === undefined || headers.some(([name]) => /^(content-length|transfer-encoding)$/i.test(name))
  const lines = [
    `${method} ${target} HTTP/1.1`,
    ...(headers.some(([name]) => name.toLowerCase() === "host") ? [] : ["host: localhost"]),
    ...headers.map(([name, value]) => `${name}: ${value}`),
    ...(length ? [] : [`content-length: ${body.length}`]),
  ]
  return Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1"), body ?? Buffer.alloc(0)])
}
