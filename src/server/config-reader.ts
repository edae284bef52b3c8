/**
 * Reads values whose shape nobody has promised, and keeps a list of what is wrong with them instead of stopping at the
 * first fault: whoever writes a configuration should have to start the program once, not once per mistake.
 */
import { splitAddress } from "../base/address.ts"

export class ConfigReader {
  readonly #problems: string[] = []

  get problems(): readonly string[] {
    return this.#problems
  }

  report(place: string, problem: string): void {
    this.#problems.push(place === "" ? problem : `${place}: ${problem}`)
  }

  /** The fields of an object, and a problem for each that isn't known. */
  fields(place: string, value: unknown, known: readonly string[]): ReadonlyMap<string, unknown> {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      this.report(place, `an object with ${known.join(", ")} is wanted, not ${shown(value)}`)
      return new Map()
    }
    const fields = new Map(Object.entries(value))
    for (const name of fields.keys()) {
      if (!known.includes(name)) this.report(place, `${name} is unknown; known are ${known.join(", ")}`)
    }
    return fields
  }

  list(place: string, value: unknown): readonly unknown[] {
    if (Array.isArray(value)) return value
    this.report(place, `a list is wanted, not ${shown(value)}`)
    return []
  }

  /** The text, if it looks like `pattern`, which `wanted` tells to people. */
  text(place: string, value: unknown, pattern: RegExp, wanted: string): string {
    if (typeof value === "string" && pattern.test(value)) return value
    this.report(place, `${wanted} are wanted, not ${shown(value)}`)
    return ""
  }

  flag(place: string, value: unknown): boolean {
    if (typeof value === "boolean") return value
    this.report(place, `true or false is wanted, not ${shown(value)}`)
    return false
  }

  integer(place: string, value: unknown, min: number, max: number): number {
    if (typeof value === "number" && Number.isInteger(value) && value >= min && value <= max) return value
    this.report(place, `an integer from ${min} to ${max} is wanted, not ${shown(value)}`)
    return min
  }

  address(place: string, value: unknown): string {
    if (typeof value === "string" && splitAddress(value) !== undefined) return value
    this.report(place, `an address "host:port" is wanted, not ${shown(value)}`)
    return ""
  }
}

function shown(value: unknown): string {
  return value === undefined ? "nothing" : JSON.stringify(value)
}
