/** Values that a JSON Schema of the HTTP door admits, and values that no schema of it does. */
import type { Prng } from "../../../src/base/prng.ts"
import { randomBytes } from "./mutations.ts"

export interface JsonSchema {
  readonly type?: string | readonly string[]
  readonly enum?: readonly string[]
  readonly pattern?: string
  readonly contentEncoding?: string
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly items?: JsonSchema
  readonly oneOf?: readonly JsonSchema[]
  readonly anyOf?: readonly JsonSchema[]
}

/** `hint`: a value for what is called so, if the caller knows a better one than the schema does. */
export type Hint = (name: string) => unknown

export function sampleOf(dice: Prng, schema: JsonSchema, hint: Hint, name = ""): unknown {
  const hinted = hint(name)
  if (hinted !== undefined) return hinted
  const choices = schema.oneOf ?? schema.anyOf
  if (choices !== undefined) return sampleOf(dice, dice.pick(choices), hint, name)
  if (schema.enum !== undefined) return dice.pick(schema.enum)
  switch ([schema.type].flat()[0]) {
    case "object":
      return objectOf(dice, schema, hint)
    case "array": {
      const { items = {} } = schema
      return Array.from({ length: dice.below(4) }, () => sampleOf(dice, items, hint))
    }
    case "integer":
      return dice.below(5)
    case "boolean":
      return dice.chance(1, 2)
    default:
      return textOf(dice, schema)
  }
}

function objectOf(dice: Prng, { properties = {}, required = [] }: JsonSchema, hint: Hint): object {
  const wanted = Object.entries(properties).filter(([name]) => required.includes(name) || dice.chance(1, 2))
  return Object.fromEntries(wanted.map(([name, schema]) => [name, sampleOf(dice, schema, hint, name)]))
}

function textOf(dice: Prng, { pattern = "", contentEncoding }: JsonSchema): string {
  if (contentEncoding === "base64") return randomBytes(dice, dice.below(12)).toString("base64")
  if (pattern.includes("ms|s")) return `${dice.between(1, 30)}ms`
  if (pattern.includes("[1-9]")) return String(dice.between(1, 40))
  return dice.pick(["a", "b", "", "some text", "ä😀", "d/e"])
}

/** A text in which something is of another kind than it should be. */
export function spoiltJson(dice: Prng, value: unknown): string {
  const text = JSON.stringify(value)
  return dice.pick([
    () => JSON.stringify(withOddValue(dice, value)),
    () => JSON.stringify(withOddValue(dice, value)),
    () => text.replace(/"[^"]*":/, () => dice.pick(['"__proto__":', '"constructor":', '"a":', '"":', '"toString":'])),
    () => text.replace("{", `{${dice.pick(oddMembers)},`),
    () => text.replace(/\d+/, dice.pick(oddNumbers)),
    () => `${"[".repeat(dice.between(1, 7_000))}${text}`,
    () => `${'{"then":'.repeat(1_500)}1${"}".repeat(1_500)}`,
    () => text + text,
    () => `\ufeff${text}`,
    () => dice.pick(["", " ", "null", "[]", '"', "{", "NaN", "0", "true", "undefined", "\u0000", "{,}", '"\\ud800"']),
  ])()
}

function withOddValue(dice: Prng, value: unknown): unknown {
  if (typeof value !== "object" || value === null || dice.chance(1, 4)) return oddValue(dice)
  if (Array.isArray(value)) {
    const elements: unknown[] = [...(value as readonly unknown[])]
    elements[dice.below(elements.length + 1)] = oddValue(dice)
    return elements
  }
  const members = Object.entries(value)
  if (members.length === 0) return oddValue(dice)
  const chosen = dice.below(members.length)
  return Object.fromEntries(
    members.map(([name, member]: [string, unknown], at) => [name, at === chosen ? withOddValue(dice, member) : member]),
  )
}

export function oddValue(dice: Prng): unknown {
  return dice.pick<unknown>([
    ...[null, true, 0, -1, 1.5, 1e300, 2 ** 53, -(2 ** 63), "", "0", "-1", "1e9", [], {}, [[]], [null], { length: 1 }],
    ...["__proto__", "\ud800", "\u0000", "a".repeat(5_000), { toString: 1 }, Array.from({ length: 300 }, () => 1)],
  ])
}

const oddMembers = [
  ...['"__proto__":{"x":1}', '"constructor":{"prototype":{"x":1}}', '"x":1', '"":null', '"toString":"a"'],
  '"\\u005f\\u005fproto__":{"x":1}',
]
const oddNumbers = ["-1", "1.5", "1e400", "-0", "9007199254740993", "1".repeat(400), "0x10", "01", "1e-7", "Infinity"]
