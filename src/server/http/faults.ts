/**
 * What is wrong with a request, in a sentence: from what Fastify and its validator (Ajv) say, which is for whoever has
 * the schema before their eyes. Here the caller is told what is wrong and what would be right.
 */
import type { FastifyError, FastifySchemaValidationError } from "fastify"
import { quoted } from "../../contract/node-path.ts"
import { type Schema, formOf } from "./schemas.ts"

/** Over HTTP, what a call without a session lacks is a header. */
export const needsSessionSentence = "This call needs a session: send the header Claviger-Session."

/** With the option `verbose`, an error has the schema that the value should have met. */
interface Fault extends FastifySchemaValidationError {
  readonly parentSchema?: Schema
}

export function faultIn({ code, message, validation, validationContext = "body" }: FastifyError): string {
  // Of alternatives that differ in their types, the one that the value is of.
  const fault = validation?.find(({ keyword }) => keyword !== "type") ?? validation?.[0]
  if (fault !== undefined) return sentence(spoken(fault, validationContext))
  if (code === "FST_ERR_CTP_INVALID_JSON_BODY") {
    return "The body is not valid JSON, or names a member __proto__ or constructor, which there is nowhere."
  }
  return sentence(message)
}

/** With a full stop, and no more than one. */
export function sentence(text: string): string {
  return text.endsWith(".") ? text : `${text}.`
}

function spoken(fault: Fault, place: string): string {
  const { keyword, instancePath, params, message = "is not right", parentSchema = {} } = fault
  const name = nameOf(place, instancePath)
  const known = (parentSchema["properties"] ?? {}) as Readonly<Record<string, Schema>>
  switch (keyword) {
    case "additionalProperties": {
      const surplus = quoted(String(params["additionalProperty"]))
      const names = Object.keys(known)
      const there = names.length === 0 ? "" : `; there ${names.length === 1 ? "is" : "are"} ${listOf(names, "and")}`
      return place === "body"
        ? `${name} has no member ${surplus}${there}`
        : `There is no option ${surplus} here${there}`
    }
    case "required": {
      const missing = String(params["missingProperty"])
      if (place === "headers" && missing === "claviger-session") return needsSessionSentence
      const expected = expectation(known[missing] ?? {})
      const what = nameOf(place, `${instancePath}/${missing}`)
      return `${what} is missing${expected === undefined ? "" : `: it must be ${expected}`}`
    }
    case "discriminator":
      return `${name}/${String(params["tag"])} must be ${listOf(kindsOf(parentSchema), "or")}`
    case "type":
      // In a URL all is text, but what is there twice is a list.
      if (place === "querystring") return `${name} is given more than once`
      break
    default:
  }
  const expected =
    keyword === "enum" || keyword === "pattern" || keyword === "type" ? expectation(parentSchema) : undefined
  return expected === undefined ? `${name} ${message}` : `${name} must be ${expected}`
}

/** As the caller has written it: `wait`, `claviger-session`, `body/then/0/path`. */
function nameOf(place: string, instancePath: string): string {
  return place === "body" ? `body${instancePath}` : instancePath.slice(1)
}

function expectation(schema: Schema): string | undefined {
  const { type, enum: words, pattern } = schema
  if (Array.isArray(words)) return listOf(words.map(String), "or")
  if (typeof pattern === "string") return formOf.get(pattern)
  return typeNames.get(String([type].flat()[0]))
}

const typeNames: ReadonlyMap<string, string> = new Map([
  ["string", "text"],
  ["integer", "a whole number"],
  ["boolean", "true or false"],
  ["object", "an object"],
  ["array", "a list"],
])

function kindsOf({ oneOf }: Schema): readonly string[] {
  const alternatives = oneOf as readonly {
    readonly properties: { readonly kind: { readonly enum: readonly string[] } }
  }[]
  return alternatives.flatMap(({ properties }) => properties.kind.enum)
}

function listOf(words: readonly string[], last: "and" | "or"): string {
  const [final = "", ...others] = [...words].reverse()
  return others.length === 0 ? final : `${others.reverse().join(", ")} ${last} ${final}`
}
