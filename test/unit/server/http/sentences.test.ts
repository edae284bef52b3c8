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
