/** What processes have written down, shortened to what fits into a test's message. */
import { readdirSync, readFileSync, statSync } from "node:fs"
import { join } from "node:path"

/** The ends of all `.log` files anywhere in `directory`, each under its name. */
export function tellLogFiles(directory: string, lineCount: number): string[] {
  if (statSync(directory, { throwIfNoEntry: false }) === undefined) return []
  return readdirSync(directory, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".log"))
    .map((path) => `--- ${path}\n${lastLines(readFileSync(join(directory, path), "utf8"), lineCount)}`)
}

export function lastLines(text: string, lineCount: number): string {
  return text.trimEnd().split("\n").slice(-lineCount).join("\n")
}
