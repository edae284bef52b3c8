/** What a refusal says to people: what is wrong with this request, and what would be right. */
import { afterAll, beforeAll, expect, test } from "vitest"
import { type HttpRequest, ask } from "../../../support/http-request.ts"
import { type Door, closeAll, openDoor } from "../loopback.ts"
import { ScriptedCell } from "../scripted-cell.ts"

let door: Door
beforeAll(async () => {
  door = await openDoor(new ScriptedCell())
})
afterAll(closeAll)

test.each<[string, HttpRequest]>([
  ["a lock", { method: "POST", path: "/v1/locks/a?mode=exclusive" }],
  ["a release", { method: "DELETE", path: "/v1/locks/a" }],
  ["a sequencer", { path: "/v1/sequencers/a" }],
  ["what is ephemeral", { method: "PUT", path: "/v1/directories/a?ephemeral=true" }],
])("%s without a session is told which header is missing", async (_what, request) => {
  const answer = await ask(door.http, request)
  expect([answer.status, answer.json]).toEqual([
    400,
    expect.objectContaining({
      code: "INVALID_ARGUMENT",
      detail: "This call needs a session: send the header Claviger-Session.",
    }),
  ])
})

const json = { "content-type": "application/json" }
const post = (path: string, body: string, headers: Readonly<Record<string, string>> = json): HttpRequest => ({
  ...{ method: "POST", path, headers, body },
})
const guarded = (guard: object): HttpRequest => post("/v1/transactions", JSON.stringify({ guards: [guard] }))
const doing = (step: object): HttpRequest => post("/v1/transactions", JSON.stringify({ then: [step] }))
const lock = (options: string): HttpRequest => ({ method: "POST", path: `/v1/locks/a${options}` })
const path = "/ls/local/a"
const notJson = "The body is not valid JSON, or names a member __proto__ or constructor, which there is nowhere."

test.each<[string, HttpRequest]>([
  [
    "body/guards/0/kind must be exists, counter, checksum, lockHeld or epoch.",
    guarded({ kind: "version", path, equals: 1 }),
  ],
  ["body/guards/0/kind must be exists, counter, checksum, lockHeld or epoch.", guarded({ path, equals: 1 })],
  [
    "body/guards/0/counter must be instance, content, lock or acl.",
    guarded({ kind: "counter", path, counter: "x", equals: 1 }),
  ],
  ["body/guards/0/equals is missing: it must be a whole number.", guarded({ kind: "epoch" })],
  [
    'body/then/0 has no member "ifGeneration"; there are kind, path and ifContentGeneration.',
    doing({ kind: "delete", path, ifGeneration: 1 }),
  ],
  ["body/then/0/contents must be base64, padded with =.", doing({ kind: "setContents", path, contents: "*" })],
  ["body/then/0/path must be text.", doing({ kind: "getStat", path: 7 })],
  ["body must be an object.", post("/v1/sessions", "[]")],
  ["body/processId must be >= 0.", post("/v1/sessions", '{"processId":-1}')],
  [notJson, post("/v1/sessions", '{"__proto__":{"host":"a"}}')],
  [notJson, post("/v1/sessions", '{"constructor":{"prototype":{}}}')],
  ["A body is JSON here, and Content-Type: application/json.", post("/v1/sessions", "{}", {})],
  ["wait must be a duration such as 30s or 500ms.", lock("?mode=shared&wait=30")],
  ["mode is missing: it must be exclusive or shared.", lock("")],
  ["mode must be exclusive or shared.", lock("?mode=mine")],
  ["recursive must be true or false.", { path: "/v1/directories?recursive=1" }],
  ["limit is given more than once.", { path: "/v1/directories?limit=1&limit=2" }],
  ["limit must be a whole number.", { path: "/v1/directories?limit=many" }],
  ['There is no option "raw" here.', { path: "/v1/files/a?raw=true" }],
  ['There is no option "x" here; there are after, limit and recursive.', { path: "/v1/directories?x=1" }],
  ["name must NOT have more than 100 items.", { path: `/v1/names?${"name=a&".repeat(101)}` }],
  ["claviger-session must be a whole number.", { path: "/v1/files/a", headers: { "claviger-session": "x" } }],
  ["sessionId must be a whole number from 1.", { method: "DELETE", path: "/v1/sessions/0" }],
  ["URL and headers together take 16 KiB at most.", { path: "/v1/files/a", headers: { long: "a".repeat(20_000) } }],
])("%s", async (detail, request) => {
  const answer = await ask(door.http, request)
  expect((answer.json as { readonly detail: unknown }).detail).toBe(detail)
})
