/**
 * What an argument must be, for callers whom no compiler stops: in plain JavaScript a misspelled word would be taken on
 * the wire for the word that is meant when none is given, and a number that is none would break far from the mistake.
 * Whoever is refused is told which argument it was, what it was, and what it may be.
 */
import { types } from "node:util"
import { quoted } from "../contract/node-path.ts"
import { CellError } from "./errors.ts"

export interface Rule {
  /** Completes "must be ...". */
  readonly allowed: string
  readonly admits: (value: unknown) => boolean
}

/** Throws a `CellError`, INVALID_ARGUMENT. `name`: as the caller spells it. */
export function demand(name: string, value: unknown, { allowed, admits }: Rule): void {
  if (admits(value)) return
  throw new CellError("INVALID_ARGUMENT", `${name} is ${inWords(value)}, but must be ${allowed}`)
}

export const text: Rule = { allowed: "a string", admits: (value) => typeof value === "string" }
export const flag: Rule = { allowed: "true or false", admits: (value) => typeof value === "boolean" }
export const bytes: Rule = { allowed: "a string or a Uint8Array", admits: (value) => types.isUint8Array(value) }
export const list: Rule = { allowed: "an array", admits: (value) => Array.isArray(value) }
export const record: Rule = { allowed: "an object", admits: isRecord }

/** One of `words`. */
export function word(words: readonly string[]): Rule {
  const allowed = words.map((each) => `"${each}"`).join(" or ")
  return { allowed, admits: (value) => typeof value === "string" && words.includes(value) }
}

export function whole(least: number, most: number = Number.MAX_SAFE_INTEGER): Rule {
  const allowed = `a whole number from ${least} to ${most}`
  return { allowed, admits: (value) => Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most }
}

export function orUndefined({ allowed, admits }: Rule): Rule {
  return { allowed, admits: (value) => value === undefined || admits(value) }
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null
}

function inWords(value: unknown): string {
  if (typeof value === "string") return quoted(value)
  if (Array.isArray(value)) return "an array"
  if (typeof value === "function") return "a function"
  return isRecord(value) ? "an object" : String(value)
}
