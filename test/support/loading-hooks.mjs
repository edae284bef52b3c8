/** Module hooks that name, on standard output, everything that a program loads by `import`. */
import { writeSync } from "node:fs"

export async function resolve(specifier, context, next) {
  const resolved = await next(specifier, context)
  writeSync(1, `${resolved.url}\n`)
  return resolved
}
