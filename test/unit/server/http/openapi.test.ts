/** The OpenAPI document against the routes that there are, and against the rules for such documents. */
import { readFileSync } from "node:fs"
import { Validator } from "@seriousme/openapi-schema-validator"
import { fastify } from "fastify"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import type { DoorContext } from "../../../../src/server/http/resource.ts"
import { resources } from "../../../../src/server/http/resources.ts"
import { ask } from "../../../support/http-request.ts"
import { type Door, closeAll, openDoor } from "../loopback.ts"
import { ScriptedCell } from "../scripted-cell.ts"

interface Operation {
  readonly summary?: string
  readonly tags?: readonly string[]
  readonly parameters?: readonly { readonly in: string; readonly name: string; readonly required?: boolean }[]
  readonly requestBody?: { readonly required?: boolean; readonly content: Readonly<Record<string, unknown>> }
  readonly responses: Readonly<Record<string, { readonly description: string }>>
}

interface Document {
  readonly openapi: string
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
}

let door: Door
let document: Document
beforeAll(async () => {
  door = await openDoor(new ScriptedCell())
  document = (await ask(door.http, { path: "/v1/openapi.json" })).json as Document
})
afterAll(closeAll)

function operations(): readonly (readonly [name: string, operation: Operation])[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => [`${method.toUpperCase()} ${path}`, operation] as const),
  )
}

/** The routes as the resources add them. Whatever answers GET answers HEAD too, which needs no words. */
async function routes(): Promise<readonly string[]> {
  const found: string[] = []
  const instance = fastify({ ajv: { customOptions: { discriminator: true } } })
  instance.addHook("onRoute", ({ method, url }) => {
    for (const one of [method].flat()) {
      const path = url.replace("*", "{path}").replace(/:(\w+)/g, "{$1}")
      if (one !== "HEAD") found.push(`${one} ${path}`)
    }
  })
  for (const resource of resources) {
    void instance.register((scope, _options, done) => {
      // No route is asked anything here.
      resource(scope, {} as DoorContext)
      done()
    })
  }
  await instance.ready()
  await instance.close()
  return found
}

test("docs/HTTP.md has every operation", () => {
  const page = readFileSync(new URL("../../../../docs/HTTP.md", import.meta.url), "utf8")
  expect(operations().filter(([name]) => !page.includes(`\`${name}\``))).toEqual([])
})

describe("the document", () => {
  test("is OpenAPI 3.1", async () => {
    expect(document.openapi).toBe("3.1.0")
    const { valid, errors } = await new Validator().validate({ ...document })
    expect(errors).toBeUndefined()
    expect(valid).toBe(true)
  })

  test("has every route, and no other", async () => {
    const documented = operations().map(([name]) => name)
    expect([...documented].sort()).toEqual([...(await routes()), "GET /v1/openapi.json"].sort())
  })

  test("has no operation that the door doesn't know", async () => {
    for (const [name] of operations()) {
      const [method = "", path = ""] = name.split(" ")
      const url = path.replace(/\{\w+\}/g, "x")
      // A method that no route has is answered with those that there are.
      const { headers } = await ask(door.http, { method: "TRACE", path: url })
      expect([name, headers.allow?.split(", ")]).toEqual([name, expect.arrayContaining([method])])
    }
  })

  test("says of every operation what it is for, and names every parameter of its path", () => {
    for (const [name, { summary, tags, parameters = [] }] of operations()) {
      expect([name, summary, tags]).toEqual([name, expect.stringMatching(/^[A-Z]/), [expect.any(String)]])
      const inPath = parameters.filter((parameter) => parameter.in === "path").map((parameter) => `{${parameter.name}}`)
      expect([name, inPath]).toEqual([name, name.match(/\{\w+\}/g) ?? []])
    }
  })

  test("says which bodies there are, and which of them may be left out", () => {
    const bodies = operations().flatMap(([name, { requestBody }]) =>
      requestBody === undefined ? [] : [[name, requestBody.required, ...Object.keys(requestBody.content)]],
    )
    expect(bodies).toEqual(
      expect.arrayContaining([
        ["POST /v1/sequencers/check", true, "application/json"],
        ["POST /v1/sessions", false, "application/json"],
        ["POST /v1/sessions/{sessionId}/keep-alive", false, "application/json"],
        ["POST /v1/transactions", true, "application/json"],
        ["PUT /v1/files/{path}", false, "*/*"],
      ]),
    )
    expect(bodies).toHaveLength(5)
  })

  test("says which calls are made in a session only", () => {
    const inSession = operations().filter(([, { parameters = [] }]) =>
      parameters.some(({ name, required }) => name === "claviger-session" && required === true),
    )
    expect(inSession.map(([name]) => name).sort()).toEqual([
      "DELETE /v1/locks/{path}",
      "GET /v1/sequencers/{path}",
      "POST /v1/locks/{path}",
    ])
  })

  test("says of probes what it means when they fail", () => {
    for (const probe of ["/readyz", "/healthz"]) {
      expect(Object.keys(document.paths[probe]?.["get"]?.responses ?? {})).toEqual(["200", "503"])
    }
  })
})
