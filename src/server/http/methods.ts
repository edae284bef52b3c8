/** Which methods there are at a URL: so that a wrong method can be told from a wrong path. */
import type { FastifyInstance } from "fastify"

/** By the pattern of the route, as in `/v1/files/*`. */
export type AllowedMethods = ReadonlyMap<string, readonly string[]>

/** Filled as routes are added to `fastify` from here on. */
export function recordMethods(fastify: FastifyInstance): AllowedMethods {
  const recorded = new Map<string, string[]>()
  fastify.addHook("onRoute", ({ url, method }) => {
    const methods = recorded.get(url) ?? []
    recorded.set(url, methods)
    for (const one of [method].flat()) if (!methods.includes(one)) methods.push(one)
  })
  return recorded
}

/** None: there is nothing at that URL. */
export function methodsThere(allowed: AllowedMethods, url: string): readonly string[] {
  const [path = ""] = url.split("?", 1)
  const parts = path.split("/")
  const found = [...allowed].filter(([pattern]) => isMatch(pattern.split("/"), parts))
  return [...new Set(found.flatMap(([, methods]) => methods))].sort()
}

function isMatch(pattern: readonly string[], parts: readonly string[]): boolean {
  const isOpenEnded = pattern.at(-1) === "*"
  const fixed = isOpenEnded ? pattern.slice(0, -1) : pattern
  if (isOpenEnded ? parts.length <= fixed.length : parts.length !== fixed.length) return false
  return fixed.every((word, index) => word.startsWith(":") || word === parts[index])
}
