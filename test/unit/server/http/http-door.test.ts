/** Probes and pages of the HTTP door, over real HTTP. */
import { connect } from "node:net"
import { afterEach, describe, expect, test } from "vitest"
import { refuse } from "../../../../src/contract/errors.ts"
import { ask } from "../../../support/http-request.ts"
import { closeAll, nobody, openDoor } from "../loopback.ts"
import { ScriptedCell } from "../scripted-cell.ts"

afterEach(closeAll)

describe("/livez", () => {
  test("says yes while the process runs, whatever the cell does", async () => {
    const door = await openDoor(new ScriptedCell({ master: 0, role: "replica" }))
    expect((await fetch(`${door.http}/livez`)).status).toBe(200)
  })
})

describe("/readyz", () => {
  test("says yes at a replica that is fit to be asked", async () => {
    const door = await openDoor(new ScriptedCell())
    const response = await fetch(`${door.http}/readyz`)
    expect([response.status, await response.json()]).toEqual([200, { ready: true }])
  })

  test("gives all reasons why not", async () => {
    const door = await openDoor(
      new ScriptedCell({ master: 0, role: "learner", appliedThrough: 1, chosenThrough: 9999 }),
    )
    const response = await fetch(`${door.http}/readyz`)
    expect(response.status).toBe(503)
    expect(response.headers.get("content-type")).toMatch(/^application\/problem\+json/)
    expect(await response.json()).toMatchObject({
      title: "Service Unavailable",
      status: 503,
      code: "NOT_READY",
      detail:
        "No master is known. This replica is still learning and does not vote yet. This replica has applied slot 1 of 9999.",
    })
  })
})

describe("/healthz", () => {
  test("pictures the cell, in the shape that `claviger status --json` has", async () => {
    const door = await openDoor(new ScriptedCell({ canLose: 0 }))
    const response = await fetch(`${door.http}/healthz`)
    const picture: unknown = await response.json()
    expect(response.status).toBe(200)
    expect(Object.keys(picture as object)).toEqual(["cell", "epoch", "master", "canLose", "replicas"])
    expect(picture).toMatchObject({
      cell: "test",
      epoch: 4,
      master: 1,
      canLose: 0,
      replicas: [
        { id: 1, role: "master" },
        { id: 2, role: "down", grpc: nobody },
        { id: 3, role: "down" },
      ],
    })
  })

  test("has a status that load balancers understand when nobody serves", async () => {
    const door = await openDoor(new ScriptedCell({ role: "replica", master: 0 }))
    const response = await fetch(`${door.http}/healthz`)
    expect(response.status).toBe(503)
    expect(await response.json()).toMatchObject({ master: 0, canLose: -1 })
  })
})

describe("what is not there", () => {
  test("is a problem, as JSON", async () => {
    const door = await openDoor(new ScriptedCell())
    const response = await fetch(`${door.http}/nothing`)
    expect(response.status).toBe(404)
    expect(response.headers.get("content-type")).toMatch(/^application\/problem\+json/)
    expect(await response.json()).toMatchObject({
      status: 404,
      code: "NOT_FOUND",
      detail: "There is no GET /nothing here.",
    })
  })

  test("a request that is not HTTP is turned away", async () => {
    const door = await openDoor(new ScriptedCell())
    const socket = connect(door.httpPort, "127.0.0.1")
    socket.end("nonsense\r\n\r\n")
    const chunks: Buffer[] = []
    for await (const chunk of socket) chunks.push(chunk as Buffer)
    expect(Buffer.concat(chunks).toString()).toMatch(/^HTTP\/1.1 400/)
  })
})

test("a call for an epoch that is past is not to be sent again: that epoch never comes back", async () => {
  const cell = new ScriptedCell()
  cell.answerAll = () => refuse("EPOCH_STALE", "The epoch is 4 by now.")
  const door = await openDoor(cell)
  const askFor = async (epoch: number): Promise<unknown> =>
    (await ask(door.http, { path: "/v1/files/a", headers: { "claviger-epoch": String(epoch) } })).json
  expect(await askFor(3)).toMatchObject({ status: 412, code: "EPOCH_STALE", retryable: false })
})
