/** What a session is told to come from, when its caller doesn't say. */
import { fastify } from "fastify"
import { expect, test } from "vitest"
import type { DoorContext } from "../../../../src/server/http/resource.ts"
import { sessions } from "../../../../src/server/http/routes/sessions.ts"

/** The operation that comes of a request from this address. */
async function creationFrom(remoteAddress: string | undefined): Promise<object> {
  const made: object[] = []
  const make = (_request: unknown, _reply: unknown, operation: object): Promise<object> => {
    made.push(operation)
    return Promise.resolve({ sessionId: 1, sessionLeaseMs: 12_000 })
  }
  const door = fastify()
  door.addHook("onRequest", (request, _reply, next) => {
    Object.defineProperty(request.socket, "remoteAddress", { value: remoteAddress })
    next()
  })
  sessions(door, { calls: { make } } as object as DoorContext)
  const { statusCode, headers } = await door.inject({ method: "POST", url: "/v1/sessions" })
  expect(statusCode).toBe(201)
  // One session by itself can't be read: whoever followed a Location would be told 405.
  expect(headers.location).toBeUndefined()
  return made[0] ?? {}
}

test("a session comes from where the request does", async () => {
  expect(await creationFrom("192.0.2.7")).toMatchObject({ kind: "createSession", host: "192.0.2.7" })
})

test("a session of a caller who has hung up before it is made comes from nowhere, and is a proper request", async () => {
  expect(await creationFrom(undefined)).toMatchObject({ kind: "createSession", host: "" })
})
