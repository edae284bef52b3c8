/** A condition on a deletion reaches the cell with it, whatever the node is called in the URL: one that got lost is none. */
import { afterEach, expect, test } from "vitest"
import { ask } from "../../../support/http-request.ts"
import { closeAll, openDoor } from "../loopback.ts"
import { ScriptedCell } from "../scripted-cell.ts"

afterEach(closeAll)

test.each(["/v1/files/a", "/v1/directories/a"])(
  "DELETE %s under If-Match is done under its guards only",
  async (path) => {
    const cell = new ScriptedCell()
    cell.answerAll = () => ({ kind: "transact", guardsHeld: false, answers: [] })
    const { http } = await openDoor(cell)
    const { status, json } = await ask(http, { method: "DELETE", path, headers: { "if-match": '"17-3"' } })
    expect([status, json]).toMatchObject([412, { code: "GENERATION_MISMATCH" }])
    expect(cell.submitted[0]?.request.operation).toMatchObject({
      kind: "transact",
      guards: [
        { counter: "instance", equals: 17 },
        { counter: "content", equals: 3 },
      ],
      then: [{ kind: "delete" }],
      otherwise: [],
    })
  },
)

test("a directory that is created has no version to match", async () => {
  const cell = new ScriptedCell()
  const { http } = await openDoor(cell)
  const { status } = await ask(http, { method: "PUT", path: "/v1/directories/a", headers: { "if-match": '"17-3"' } })
  expect(status).toBe(400)
  expect(cell.submitted).toEqual([])
})
