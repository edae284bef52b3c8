/** What a caller can get wrong about HTTP: each refused by itself, with a code, and the door serves on. */
import { connect } from "node:net"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { type HttpRequest, ask } from "../../../support/http-request.ts"
import { type Door, closeAll, openDoor } from "../loopback.ts"
import { ScriptedCell } from "../scripted-cell.ts"

const cell = new ScriptedCell()
let door: Door
beforeAll(async () => {
  door = await openDoor(cell)
})
afterAll(closeAll)

/** Status and code of the refusal; the cell has not been asked. */
async function refusalOf(request: HttpRequest): Promise<readonly [number, unknown]> {
  const askedBefore = cell.submitted.length
  const { status, headers, json } = await ask(door.http, request)
  expect(headers["content-type"]).toMatch(/^application\/problem\+json/)
  expect(cell.submitted.length).toBe(askedBefore)
  const { code, status: told } = json as { code: unknown; status: unknown }
  expect(told).toBe(status)
  return [status, code]
}

const json = { "content-type": "application/json" }
const newSession = (body: string, headers: Readonly<Record<string, string>> = json): HttpRequest => ({
  ...{ method: "POST", path: "/v1/sessions", headers, body },
})
const transaction = (step: object): HttpRequest => ({
  ...{ method: "POST", path: "/v1/transactions", headers: json, body: JSON.stringify({ then: [step] }) },
})
const lock = { method: "POST", headers: { "claviger-session": "1" } }

describe("refused", () => {
  test.each<[string, number, string, HttpRequest]>([
    ["JSON that is none", 400, "INVALID_ARGUMENT", newSession("{bad")],
    ["JSON cut off", 400, "INVALID_ARGUMENT", newSession('{"clientName":"a')],
    ["a body that is announced and empty", 400, "INVALID_ARGUMENT", newSession("")],
    ["a list for an object", 400, "INVALID_ARGUMENT", newSession("[]")],
    ["a number for text", 400, "INVALID_ARGUMENT", newSession('{"clientName":7}')],
    ["text for a number", 400, "INVALID_ARGUMENT", newSession('{"processId":"7"}')],
    ["a fraction", 400, "INVALID_ARGUMENT", newSession('{"processId":1.5}')],
    ["a number below zero", 400, "INVALID_ARGUMENT", newSession('{"processId":-1}')],
    ["a number that no counter reaches", 400, "INVALID_ARGUMENT", newSession('{"processId":1e300}')],
    ["an unknown member", 400, "INVALID_ARGUMENT", newSession('{"clientname":"a"}')],
    [
      "contents that are not base64",
      400,
      "INVALID_ARGUMENT",
      transaction({ kind: "setContents", path: "/ls/local/a", contents: "*" }),
    ],
    ["a step of no kind", 400, "INVALID_ARGUMENT", transaction({ kind: "acquire", path: "/ls/local/a" })],
    [
      "a step with an unknown member",
      400,
      "INVALID_ARGUMENT",
      transaction({ kind: "delete", path: "/ls/local/a", ifGeneration: 1 }),
    ],
    ["__proto__", 400, "INVALID_ARGUMENT", newSession('{"__proto__":{"clientName":"a"}}')],
    ["a constructor's prototype", 400, "INVALID_ARGUMENT", newSession('{"constructor":{"prototype":{}}}')],
    ["a body without a name for its type", 415, "MEDIA_TYPE_UNSUPPORTED", newSession("{}", {})],
    [
      "a form",
      415,
      "MEDIA_TYPE_UNSUPPORTED",
      newSession("a=b", { "content-type": "application/x-www-form-urlencoded" }),
    ],
    ["plain text", 415, "MEDIA_TYPE_UNSUPPORTED", newSession("{}", { "content-type": "text/plain" })],
    ["a large body", 413, "CONTENTS_TOO_LARGE", newSession(JSON.stringify({ host: "x".repeat(20_000) }))],
    ["large contents", 413, "CONTENTS_TOO_LARGE", { method: "PUT", path: "/v1/files/a", body: "x".repeat(300_000) }],
    ["a type that there is not", 406, "NOT_ACCEPTABLE", { path: "/v1/files/a", headers: { accept: "image/png" } }],
    ...["/v1/directories", "/v1/directories/a", "/v1/sessions", "/v1/locks/a"].map(
      (path): [string, number, string, HttpRequest] => [
        ...(["text of what comes as JSON only", 406, "NOT_ACCEPTABLE"] as const),
        { path, headers: { accept: "text/plain" } },
      ],
    ),
    ["an unknown option", 400, "INVALID_ARGUMENT", { path: "/v1/files/a?raw=true" }],
    ["an option twice", 400, "INVALID_ARGUMENT", { path: "/v1/directories?limit=1&limit=2" }],
    ["__proto__ as an option", 400, "INVALID_ARGUMENT", { path: "/v1/directories?__proto__=1" }],
    ["an option without sense", 400, "INVALID_ARGUMENT", { path: "/v1/directories?limit=many" }],
    ["a yes of another kind", 400, "INVALID_ARGUMENT", { path: "/v1/directories?recursive=1" }],
    ["a time without a unit", 400, "INVALID_ARGUMENT", { ...lock, path: "/v1/locks/a?mode=shared&wait=30" }],
    ["a wait of no time", 400, "INVALID_ARGUMENT", { ...lock, path: "/v1/locks/a?mode=shared&wait=0s" }],
    ["no mode", 400, "INVALID_ARGUMENT", { ...lock, path: "/v1/locks/a" }],
    ["an unknown mode", 400, "INVALID_ARGUMENT", { ...lock, path: "/v1/locks/a?mode=mine" }],
    ["a misspelt header", 400, "INVALID_ARGUMENT", { path: "/v1/files/a", headers: { "claviger-sequencr": "x" } }],
    ["a page of another site", 403, "PERMISSION_DENIED", newSession("{}", { ...json, origin: "https://elsewhere" })],
    [
      "a page whose name was made to lead here",
      421,
      "MISDIRECTED",
      newSession("{}", { ...json, host: "evil.example:4311", origin: "http://evil.example:4311" }),
    ],
    ["what such a page reads", 421, "MISDIRECTED", { path: "/v1/files/a", headers: { host: "evil.example" } }],
    [
      "a part of a file",
      400,
      "INVALID_ARGUMENT",
      { method: "PUT", path: "/v1/files/a", headers: { "content-range": "bytes 0-1/5" }, body: "xx" },
    ],
    [
      "packed contents",
      415,
      "MEDIA_TYPE_UNSUPPORTED",
      { method: "PUT", path: "/v1/files/a", headers: { "content-encoding": "gzip" }, body: "xx" },
    ],
    ["a page of no site", 403, "PERMISSION_DENIED", newSession("{}", { ...json, origin: "null" })],
    [
      "a session that is no number",
      400,
      "INVALID_ARGUMENT",
      { path: "/v1/files/a", headers: { "claviger-session": "x" } },
    ],
    ["two sessions", 400, "INVALID_ARGUMENT", { path: "/v1/files/a", headers: { "claviger-session": ["1", "2"] } }],
    ["a session that can't be", 400, "INVALID_ARGUMENT", { method: "DELETE", path: "/v1/sessions/0" }],
    [
      "two conditions",
      400,
      "INVALID_ARGUMENT",
      { method: "PUT", path: "/v1/files/a", headers: { "if-match": "*", "if-none-match": "*" } },
    ],
    [
      "an ETag of another kind",
      400,
      "INVALID_ARGUMENT",
      { method: "PUT", path: "/v1/files/a", headers: { "if-match": '"x"' } },
    ],
    [
      "a version of what is new",
      400,
      "INVALID_ARGUMENT",
      { method: "PUT", path: "/v1/files/a?sequential=true", headers: { "if-match": '"1-1"' } },
    ],
    [
      "to delete what must not be there",
      400,
      "INVALID_ARGUMENT",
      { method: "DELETE", path: "/v1/files/a", headers: { "if-none-match": "*" } },
    ],
    ["an encoded slash", 400, "INVALID_PATH", { path: "/v1/files/a%2fb" }],
    ["what is not UTF-8", 400, "INVALID_PATH", { path: "/v1/files/%ff" }],
    ["what is not encoded at all", 400, "INVALID_PATH", { path: "/v1/files/%zz" }],
    ["a long URL", 414, "URL_TOO_LONG", { path: `/v1/files/${"a".repeat(9_000)}` }],
    ["long headers", 431, "HEADERS_TOO_LARGE", { path: "/v1/files/a", headers: { long: "a".repeat(20_000) } }],
    ["a path that is none", 404, "NOT_FOUND", { path: "/v2/files/a" }],
    ["a doubled slash in front", 404, "NOT_FOUND", { path: "//v1/files/a" }],
    ["a way around a fixed part", 404, "NOT_FOUND", { path: "/v1/x/../files/a" }],
  ])("%s, with %i %s", async (_what, status, code, request) => {
    expect(await refusalOf(request)).toEqual([status, code])
  })

  test("a method that means nothing there, with those that do", async () => {
    expect(await refusalOf({ method: "POST", path: "/v1/files/a" })).toEqual([405, "METHOD_NOT_ALLOWED"])
    const { headers } = await ask(door.http, { method: "PATCH", path: "/v1/sessions/1" })
    expect(headers.allow).toBe("DELETE")
    expect((await ask(door.http, { method: "PROPFIND", path: "/livez" })).headers.allow).toBe("GET, HEAD")
  })
})

/** What a connection says and hears until it ends. */
async function converse(said: string): Promise<string> {
  const socket = connect(door.httpPort, "127.0.0.1")
  socket.write(said, "latin1")
  const chunks: Buffer[] = []
  for await (const chunk of socket) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}

const end = "Host: localhost\r\nConnection: close\r\n\r\n"

test("raw bytes in a URL are refused, not taken for other characters", async () => {
  expect(await converse(`GET /v1/files/\u00c3\u00a4 HTTP/1.1\r\n${end}`)).toMatch(/^HTTP\/1.1 400 /)
})

test("a URL with scheme and host is refused, not taken for another node's", async () => {
  expect(await converse(`GET http://x/v1/files/a HTTP/1.1\r\n${end}`)).toMatch(/^HTTP\/1.1 400 [^]*INVALID_PATH/)
})

test("a request of HTTP/1.1 that names no host is refused as a problem; one of HTTP/1.0 need not name any", async () => {
  const refused = await converse("GET /v1/openapi.json HTTP/1.1\r\nConnection: close\r\n\r\n")
  expect(refused).toMatch(/^HTTP\/1.1 400 [^]*application\/problem\+json[^]*"code":"INVALID_ARGUMENT"/)
  expect(await converse("GET /livez HTTP/1.0\r\n\r\n")).toMatch(/^HTTP\/1.1 200 /)
})

test("what is expected of the door beside 100-continue changes nothing", async () => {
  expect(await converse(`GET /livez HTTP/1.1\r\nExpect: something\r\n${end}`)).toMatch(/^HTTP\/1.1 200 /)
})

test("two lengths, or a length beside chunks, are refused: who stands in between could read another request", async () => {
  const lengths = "Content-Length: 3\r\nContent-Length: 4\r\n"
  expect(await converse(`PUT /v1/files/a HTTP/1.1\r\n${lengths}${end}abcd`)).toMatch(/^HTTP\/1.1 400 /)
  const both = "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n"
  expect(await converse(`PUT /v1/files/a HTTP/1.1\r\n${both}${end}0\r\n\r\n`)).toMatch(/^HTTP\/1.1 400 /)
})

test("one connection has a hundred calls waiting, and no more", async () => {
  const call = "GET /v1/files/a HTTP/1.1\r\nHost: localhost\r\n\r\n"
  const parkedBefore = cell.submitted.length
  const socket = connect(door.httpPort, "127.0.0.1")
  socket.write(call.repeat(120))
  await cell.whenSubmitted(parkedBefore + 100)
  expect((await ask(door.http, { path: "/livez" })).status).toBe(200)
  expect(cell.submitted.length).toBe(parkedBefore + 100)
  socket.destroy()
  await cell.whenAbandoned(100)
})
