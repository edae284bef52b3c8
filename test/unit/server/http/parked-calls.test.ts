/** Calls that wait: what becomes of them when the caller goes, here and at the master. */
import { connect } from "node:net"
import { afterEach, expect, test } from "vitest"
import { refuse } from "../../../../src/contract/errors.ts"
import { ask } from "../../../support/http-request.ts"
import { fileStat } from "../../wire/samples.ts"
import { type Door, closeAll, configOf, openDoor } from "../loopback.ts"
import { ScriptedCell } from "../scripted-cell.ts"

afterEach(closeAll)

const keepAlive = { method: "POST", path: "/v1/sessions/5/keep-alive" }
const acquire = { method: "POST", path: "/v1/locks/a?mode=exclusive&wait=1h" }
const inSession = { "claviger-session": "5" }

/** A master that the test scripts, and a follower that points to it. */
async function pair(): Promise<{ readonly master: ScriptedCell; readonly followerDoor: Door }> {
  const master = new ScriptedCell()
  const { address } = await openDoor(master, 1)
  const follower = new ScriptedCell({ role: "replica", replicaId: 2 })
  follower.answerAll = () => ({ ...refuse("NOT_MASTER", "Replica 1 is master."), masterHint: address })
  return { master, followerDoor: await openDoor(follower, 2, configOf({ 1: address })) }
}

/** Sends the request and hangs up once it has been submitted. */
async function hangUp(
  door: Door,
  cell: ScriptedCell,
  request: { readonly method: string; readonly path: string },
  count = 1,
) {
  const socket = connect(door.httpPort, "127.0.0.1")
  socket.write(
    `${request.method} ${request.path} HTTP/1.1\r\nHost: localhost\r\nClaviger-Session: 5\r\n\r\n`.repeat(count),
  )
  await cell.whenSubmitted(count)
  socket.destroy()
}

test("a KeepAlive whose caller hangs up is abandoned", async () => {
  const cell = new ScriptedCell()
  const door = await openDoor(cell)
  await hangUp(door, cell, keepAlive)
  await cell.whenAbandoned(1)
})

test("so are all calls of a connection, the later ones too", async () => {
  const cell = new ScriptedCell()
  const door = await openDoor(cell)
  await hangUp(door, cell, keepAlive, 3)
  await cell.whenAbandoned(3)
})

test("one that was forwarded is abandoned at the master", async () => {
  const { master, followerDoor } = await pair()
  await hangUp(followerDoor, master, keepAlive)
  await master.whenAbandoned(1)
})

test("an Acquire without a number is taken back when its caller hangs up: nobody could ask for it again", async () => {
  const cell = new ScriptedCell()
  const door = await openDoor(cell)
  await hangUp(door, cell, acquire)
  const { request } = await cell.whenSubmitted(2)
  const [asked] = cell.submitted
  expect(request).toMatchObject({ sessionId: 5, operation: { kind: "cancelAcquire" } })
  expect(request.operation).toMatchObject({ requestNumber: asked?.request.requestNumber })
  expect(request.requestNumber).toBeGreaterThan(asked?.request.requestNumber ?? 0)
})

test("an Acquire with a number of the caller's keeps its place: its caller may ask again", async () => {
  const cell = new ScriptedCell()
  const door = await openDoor(cell)
  const controller = new AbortController()
  const headers = { ...inSession, "claviger-request": "8", "claviger-answered": "7" }
  const asked = ask(door.http, { ...acquire, headers, signal: controller.signal })
  const { request } = await cell.whenSubmitted(1)
  expect(request).toMatchObject({
    sessionId: 5,
    requestNumber: 8,
    answeredThrough: 7,
    operation: { waitMs: 3_600_000 },
  })
  controller.abort()
  await expect(asked).rejects.toThrow()
  await cell.whenAbandoned(1)
  expect(cell.submitted).toHaveLength(1)
})

test("an answer says under which number, in which epoch and at which index", async () => {
  const { master, followerDoor } = await pair()
  master.answerAll = () => ({ kind: "setContents", stat: fileStat })
  const file = { method: "PUT", path: "/v1/files/a", body: "x" }
  const { headers } = await ask(followerDoor.http, { ...file, headers: inSession })
  const drawn = master.submitted[0]?.request.requestNumber ?? 0
  expect(drawn).toBeGreaterThan(0)
  expect(headers).toMatchObject({
    ...{ "claviger-request": String(drawn), "claviger-epoch": "4", "claviger-index": "120" },
  })
  await ask(followerDoor.http, { ...file, headers: { ...inSession, "claviger-answered": String(drawn) } })
  expect(master.submitted[1]?.request).toMatchObject({ answeredThrough: drawn })
  expect(master.submitted[1]?.request.requestNumber).toBeGreaterThan(drawn)
})

test("a master that went away is told as such, and when to ask again", async () => {
  const follower = new ScriptedCell({ role: "replica", replicaId: 2 })
  follower.answerAll = () => ({ ...refuse("NOT_MASTER", "Replica 1 is master."), masterHint: "127.0.0.1:9" })
  const { http } = await openDoor(follower, 2)
  const { status, headers, json } = await ask(http, { method: "PUT", path: "/v1/files/a" })
  expect([status, headers["retry-after"]]).toEqual([503, "1"])
  expect(json).toMatchObject({ code: "FAIL_OVER_IN_PROGRESS", retryable: true, unknownOutcome: true })
  const read = await ask(http, { path: "/v1/files/a" })
  expect(read.json).toMatchObject({ code: "FAIL_OVER_IN_PROGRESS", retryable: true, unknownOutcome: false })
})

test("a mistake in the replica is told as such, and no more", async () => {
  const cell = new ScriptedCell()
  cell.answerAll = () => ({ kind: "closeSession" })
  const { http } = await openDoor(cell)
  const { status, json } = await ask(http, { path: "/v1/files/a" })
  expect(status).toBe(500)
  expect(json).toMatchObject({ code: "INTERNAL", detail: "The replica has made a mistake, and its log says which." })
})
