/**
 * The OpenAPI document at `/v1/openapi.json`, made from the schemas that the routes validate with: what is written there
 * is what is enforced.
 */
import swagger from "@fastify/swagger"
import type { FastifyInstance, FastifySchema } from "fastify"
import { type Schema, bytes, closed, nodePath, pathParameter } from "./schemas.ts"
import { version } from "../version.ts"

const description = [
  "Files, locks and names of one cell, over HTTP: the same operations and the same refusals as over gRPC.",
  "A path behind `/v1/files`, `/v1/directories`, `/v1/locks` or `/v1/sequencers` names a node: `/v1/files/a/b` is",
  "`/ls/<cell>/a/b`. Its slashes are its own; each part is percent-encoded by itself.",
  "Errors are `application/problem+json`, and their `code` is for programs.",
].join(" ")

/** To be called before any route is added. */
export function describeRoutes(fastify: FastifyInstance): void {
  void fastify.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: { title: "Claviger", version, description, license: { name: "Apache-2.0", identifier: "Apache-2.0" } },
    },
    transform: ({ schema, url }) => ({ schema: withBytes(withNamedPath(schema)), url: url.replace("*", ":path") }),
    transformObject: (described) => {
      if ("swaggerObject" in described) return described.swaggerObject
      letBodiesBeMissing(described.openapiObject.paths ?? {})
      return described.openapiObject
    },
  })
}

/** In OpenAPI every parameter has a name, also what Fastify calls `*`. */
function withNamedPath(schema: FastifySchema): FastifySchema {
  return schema.params === pathParameter ? { ...schema, params: closed({ path: nodePath }) } : schema
}

/** A route that takes whatever bytes come has no schema to validate them with, but says which types it consumes. */
function withBytes(schema: FastifySchema): FastifySchema {
  return schema.consumes === undefined ? schema : { ...schema, body: bytes }
}

interface DescribedOperation {
  readonly requestBody?: { required: boolean; readonly content: Readonly<Record<string, { readonly schema?: Schema }>> }
}

/** What Fastify validates it wants to be there; but a body that may be null, or empty, may also be left out. */
function letBodiesBeMissing(paths: Readonly<Record<string, unknown>>): void {
  for (const operations of Object.values(paths)) {
    for (const { requestBody } of Object.values(operations as Readonly<Record<string, DescribedOperation>>)) {
      if (requestBody === undefined) continue
      const { type, format } = Object.values(requestBody.content)[0]?.schema ?? {}
      requestBody.required = format !== "binary" && ![type].flat().includes("null")
    }
  }
}

/** Serves the document. */
export function serveDescription(fastify: FastifyInstance): void {
  const schema = { tags: ["description"], summary: "This document" }
  fastify.get("/v1/openapi.json", { config: { access: "anyone" }, schema }, () => fastify.swagger())
}
