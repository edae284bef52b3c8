/** JSON Schemas of what several resources take or tell. They validate what comes in, and describe what goes out. */
import { limits } from "../../contract/limits.ts"
import { envelopeHeaders } from "./headers.ts"

/** Enough of JSON Schema for this door. */
export type Schema = Readonly<Record<string, unknown>>

export const text: Schema = { type: "string" }
export const flag: Schema = { type: "boolean" }
export const count: Schema = { type: "integer", minimum: 0, maximum: Number.MAX_SAFE_INTEGER }

export function choice(...words: readonly string[]): Schema {
  return { type: "string", enum: words }
}

/** Each has words for whoever misses it, below. */
const patterns = {
  count: "^(0|[1-9][0-9]{0,15})$",
  id: "^[1-9][0-9]{0,15}$",
  duration: "^[1-9][0-9]{0,8}(ms|s|m|h)$",
  // Padded, as Node would write it: what it merely puts up with is refused.
  base64: "^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$",
}

/** What has to be written, by the pattern that says so to the validator. */
export const formOf: ReadonlyMap<string, string> = new Map([
  [patterns.count, "a whole number"],
  [patterns.id, "a whole number from 1"],
  [patterns.duration, "a duration such as 30s or 500ms"],
  [patterns.base64, "base64, padded with ="],
])

/** In a URL everything is text. */
export const flagInQuery: Schema = choice("true", "false")
export const countInQuery: Schema = { type: "string", pattern: patterns.count }
export const idInPath: Schema = { type: "string", pattern: patterns.id }
export const durationInQuery: Schema = {
  type: "string",
  pattern: patterns.duration,
  description: "A whole number and its unit: ms, s, m or h.",
}

export const base64: Schema = { type: "string", contentEncoding: "base64", pattern: patterns.base64 }

/** An object of which nothing else is known, and in which everything is there unless it is listed as optional. */
export function closed(properties: Readonly<Record<string, Schema>>, optional: readonly string[] = []): Schema {
  const required = Object.keys(properties).filter((name) => !optional.includes(name))
  return { type: "object", properties, required, additionalProperties: false }
}

/** One of several forms; `kind` says which. Each has its kinds as a `choice`. */
export function byKind(...forms: readonly Schema[]): Schema {
  return { type: "object", discriminator: { propertyName: "kind" }, oneOf: forms }
}

/** What may be asked; every option may be left out. */
export function query(options: Readonly<Record<string, Schema>>): Schema {
  return closed(options, Object.keys(options))
}

/** The headers that every call to the cell may have, and some of its own. */
export function headers(own: Readonly<Record<string, Schema>> = {}): Schema {
  return { type: "object", properties: { ...own, ...envelopeHeaders } }
}

/** Those of a call that is made in a session, and can't be made outside. */
export function headersInSession(): Schema {
  return { ...headers(), required: ["claviger-session"] }
}

export const ifMatch: Readonly<Record<string, Schema>> = {
  "if-match": { ...text, description: "The ETag of the version that is meant, or *." },
}
export const ifNoneMatch: Readonly<Record<string, Schema>> = {
  "if-none-match": { ...text, description: "ETags; of a change only *: nothing is there yet." },
}

export const nodePath: Schema = { ...text, description: "Where the node lies in its cell; with slashes." }

/** Of a route that ends in `*`. */
export const pathParameter: Schema = closed({ "*": nodePath })

export const problem: Schema = {
  description: "Refused, with a code of the error table.",
  content: {
    "application/problem+json": {
      schema: {
        type: "object",
        properties: {
          ...{ type: text, title: text, status: { type: "integer" }, code: text, detail: text, advice: text },
          retryable: {
            type: "boolean",
            description: "The same call may be sent again; unless its outcome is unknown, nothing was done.",
          },
          unknownOutcome: { type: "boolean", description: "The call may have taken effect all the same." },
        },
        required: ["type", "title", "status", "code", "detail"],
      },
    },
  },
}

const names = closed({ read: text, write: text, changeAcl: text })

export const stat: Schema = closed({
  path: text,
  kind: choice("file", "directory"),
  ephemeral: flag,
  instance: count,
  contentGeneration: count,
  lockGeneration: count,
  aclGeneration: count,
  commitIndex: count,
  checksum: text,
  size: { ...count, maximum: limits.contentsBytesMax },
  childCount: count,
  acl: names,
})

export function list(entries: Schema): Schema {
  return { type: "array", items: entries }
}

/** A body of any type. */
export const bytes: Schema = { type: "string", format: "binary" }

/** A body that may be left out. */
export function optional(body: Schema): Schema {
  return { ...body, type: ["object", "null"] }
}

export function answer(description: string, schema: Schema, otherForms: Schema = {}): Schema {
  return { description, content: { "application/json": { schema }, ...otherForms } }
}

export function nothing(description: string): Schema {
  return { type: "null", description }
}
