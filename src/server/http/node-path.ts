/**
 * From the path of a URL to that of a node: what stands behind the resource's own name, `/v1/files/a/b`, lies at
 * `/ls/<cell>/a/b`. Each part is percent-decoded once, and nothing is resolved, folded or trimmed: a URL that would need
 * it is refused, because whoever checks URLs on the way here may read it differently.
 */
import type { FastifyRequest } from "fastify"
import { type Refusal, refuse } from "../../contract/errors.ts"
import { formatPath, quoted } from "../../contract/node-path.ts"
import { RefusalError } from "./problem.ts"

/** The node that the request is about; a route without `*` at its end is about the root. */
export function nodePathOf(request: FastifyRequest, cellName: string): string {
  const route = request.routeOptions.url ?? ""
  if (!route.endsWith("/*")) return formatPath(cellName, [])
  // The router has matched the fixed parts one by one, so they are as many in what was sent.
  const found = partsOf(request.raw.url ?? "", route.split("/").length - 1)
  if ("kind" in found) throw new RefusalError(found)
  return formatPath(cellName, found)
}

/** As the operations of the cell name it. */
export function nodeOf(request: FastifyRequest, cellName: string): { readonly kind: "path"; readonly path: string } {
  return { kind: "path", path: nodePathOf(request, cellName) }
}

/** The decoded parts of a URL's path behind the first `fixedCount` (what stands before the first slash is one). */
export function partsOf(url: string, fixedCount: number): readonly string[] | Refusal {
  const [path = ""] = url.split("?", 1)
  // In front of it the router would pass over scheme and host, and the fixed parts would be others than those counted.
  if (!path.startsWith("/")) return malformed(path, "a URL is sent without scheme and host")
  // Node hands over any byte above 127 as if it were Latin-1: it would name another node than the caller meant.
  if (!/^[\x21-\x7e]*$/.test(path) || path.includes("#")) return malformed(path, "in a URL such characters are encoded")
  const parts: string[] = []
  for (const part of path.split("/").slice(fixedCount)) {
    const decoded = decode(part)
    if (decoded === undefined) return malformed(path, `${quoted(part)} is not percent-encoded UTF-8`)
    if (decoded.includes("/")) return malformed(path, "no name holds a slash, however it is spelled")
    parts.push(decoded)
  }
  return parts
}

/** Where the URL of this resource for a node is. */
export function urlOf(resource: string, nodePath: string): string {
  const [, , , ...parts] = nodePath.split("/")
  return [resource, ...parts.map(encodeURIComponent)].join("/")
}

function decode(part: string): string | undefined {
  try {
    return decodeURIComponent(part)
  } catch {
    return undefined
  }
}

function malformed(path: string, problem: string): Refusal {
  return refuse("INVALID_PATH", `${quoted(path)} names no node: ${problem}.`)
}
