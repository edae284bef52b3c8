/** What else is to be had at the gRPC door: status of replica and cell, stepping down, health, reflection. */
import { Client, credentials, status } from "@grpc/grpc-js"
import { service as health } from "grpc-health-check"
import { afterEach, describe, expect, test } from "vitest"
import { silentLogger } from "../../../../src/host/logger.ts"
import { BindError } from "../../../../src/server/bind-error.ts"
import { startServer } from "../../../../src/server/index.ts"
import { version } from "../../../../src/server/version.ts"
import { cellStatusFromWire, reportFromWire } from "../../../../src/wire/admin-messages.ts"
import { adminService, lockService } from "../../../../src/wire/load.ts"
import { type Door, closeAll, configOf, nobody, openDoor } from "../loopback.ts"
import { ScriptedCell, masterStatus } from "../scripted-cell.ts"

afterEach(closeAll)

interface Method<Sent, Received> {
  readonly path: string
  readonly requestSerialize: (request: Sent) => Buffer
  readonly responseDeserialize: (bytes: Buffer) => Received
}

function ask<Sent, Received>(door: Door, method: Method<Sent, Received>, request: Sent): Promise<Received> {
  return new Promise((resolve, reject) => {
    const { path } = method
    const serialize = (sent: Sent): Buffer => method.requestSerialize(sent)
    const deserialize = (bytes: Buffer): Received => method.responseDeserialize(bytes)
    const deadline = Date.now() + 5000
    door.client.makeUnaryRequest(path, serialize, deserialize, request, { deadline }, (error, response) => {
      if (response === undefined) reject(error ?? new Error("no answer"))
      else resolve(response)
    })
  })
}

describe("the admin service", () => {
  test("reports what the replica knows of itself", async () => {
    const cell = new ScriptedCell()
    const door = await openDoor(cell)
    const report = reportFromWire(await ask(door, adminService.GetStatus, {}))
    expect(report).toMatchObject({ ...masterStatus, pid: process.pid, version, peer: nobody })
  })

  test("a replica that is not master does not know how many more can be lost", async () => {
    const door = await openDoor(new ScriptedCell({ role: "learner", canLose: -1 }))
    expect(reportFromWire(await ask(door, adminService.GetStatus, {}))).toMatchObject({ role: "learner", canLose: -1 })
  })

  test("pictures the cell from the answers of those who are up", async () => {
    const follower = await openDoor(
      new ScriptedCell({ role: "replica", replicaId: 2, appliedThrough: 119, canLose: -1 }),
      2,
    )
    const door = await openDoor(new ScriptedCell(), 1, configOf({ 2: follower.address }))
    const picture = cellStatusFromWire(await ask(door, adminService.GetCellStatus, {}))
    expect(picture).toMatchObject({ cell: "test", epoch: 4, master: 1, canLose: 0 })
    expect(picture.replicas).toMatchObject([
      { id: 1, role: "master", pid: process.pid, chosenThrough: 120, appliedThrough: 120, version },
      { id: 2, role: "replica", grpc: follower.address, appliedThrough: 119 },
      { id: 3, role: "down", pid: 0, grpc: nobody, chosenThrough: 0, version: "" },
    ])
  })

  test("makes the master step down, and nobody else", async () => {
    const cell = new ScriptedCell()
    const door = await openDoor(cell)
    expect(await ask(door, adminService.StepDown, {})).toEqual({ wasMaster: true })
    cell.current = { ...cell.current, role: "replica", master: 2 }
    expect(await ask(door, adminService.StepDown, {})).toEqual({ wasMaster: false })
    expect(cell.handOverCount).toBe(1)
  })
})

describe("health", () => {
  const { Check, Watch } = health as unknown as {
    readonly Check: Method<{ service: string }, { status: string }>
    readonly Watch: Method<{ service: string }, { status: string }>
  }

  test("is SERVING at the master, for the server and for the service by name", async () => {
    const door = await openDoor(new ScriptedCell())
    for (const service of ["", "claviger.v1.LockService"]) {
      expect(await ask(door, Check, { service })).toEqual({ status: "SERVING" })
    }
    await expect(ask(door, Check, { service: "no.such.Service" })).rejects.toMatchObject({ code: status.NOT_FOUND })
  })

  test("changes with what the replica knows, and whoever watches is told", async () => {
    const cell = new ScriptedCell({ master: 0, role: "replica" })
    const door = await openDoor(cell)
    const seen: string[] = []
    const watch = door.client.makeServerStreamRequest(
      Watch.path,
      (request: { service: string }) => Watch.requestSerialize(request),
      (bytes: Buffer) => Watch.responseDeserialize(bytes),
      { service: "" },
    )
    watch.on("error", () => undefined)
    const whenSeen = (count: number): Promise<void> =>
      new Promise((resolve) => {
        const look = (): void => {
          if (seen.length >= count) resolve()
          else watch.once("data", look)
        }
        look()
      })
    watch.on("data", (message: { status: string }) => seen.push(message.status))
    await whenSeen(1)
    cell.current = { ...cell.current, master: 2 }
    await whenSeen(2)
    cell.current = { ...cell.current, appliedThrough: 1, chosenThrough: 100_000 }
    await whenSeen(3)
    expect(seen).toEqual(["NOT_SERVING", "SERVING", "NOT_SERVING"])
    watch.cancel()
  })
})

describe("reflection", () => {
  test("lists the services, so that grpcurl needs no proto files", async () => {
    const door = await openDoor(new ScriptedCell())
    // ServerReflectionRequest { list_services: "" } is field 7, a string of length zero.
    const listServices = Buffer.from([7 * 8 + 2, 0])
    const path = "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo"
    const stream = door.client.makeBidiStreamRequest(
      path,
      (bytes: Buffer) => bytes,
      (bytes: Buffer) => bytes,
    )
    const answered = new Promise<Buffer>((resolve, reject) => {
      stream.on("data", resolve)
      stream.on("error", reject)
    })
    stream.write(listServices)
    const answer = (await answered).toString("latin1")
    expect(answer).toContain("claviger.v1.LockService")
    expect(answer).toContain("claviger.admin.v1.AdminService")
    stream.end()
  })
})

describe("a door that can't open", () => {
  test("because its port is taken says so, and which", async () => {
    const door = await openDoor(new ScriptedCell())
    const options = { cell: new ScriptedCell(), config: configOf({ 1: door.address }), replicaId: 1, log: silentLogger }
    const failure = await startServer(options).catch((reason: unknown) => reason)
    expect(failure).toBeInstanceOf(BindError)
    expect(failure).toMatchObject({ address: door.address, problem: "taken" })
    expect(String(failure)).toContain(`port ${door.grpcPort} is taken`)
  })

  test("leaves the other one closed", async () => {
    const first = await openDoor(new ScriptedCell())
    const config = configOf({ 1: "127.0.0.1:0" })
    const [self, ...others] = config.replicas
    if (self === undefined) throw new Error("there are three replicas")
    const replicas = [{ ...self, http: `127.0.0.1:${first.httpPort}` }, ...others]
    const failure = await startServer({
      cell: new ScriptedCell(),
      config: { ...config, replicas },
      replicaId: 1,
      log: silentLogger,
    }).catch((reason: unknown) => reason)
    expect(failure).toMatchObject({ name: "BindError", problem: "taken" })
    expect(String(failure)).toContain("HTTP")
  })
})

describe("bytes that are no message", () => {
  const garbage = Buffer.from([0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x01])
  const raw = (bytes: Buffer): Buffer => bytes

  test("end a unary call, and nothing else", async () => {
    const door = await openDoor(new ScriptedCell())
    const method = { path: lockService.GetStat.path, requestSerialize: raw, responseDeserialize: raw }
    await expect(ask(door, method, garbage)).rejects.toMatchObject({ code: status.INVALID_ARGUMENT })
    await expect(ask(door, adminService.StepDown, {})).resolves.toEqual({ wasMaster: true })
  })

  test("end a stream, whose calls are abandoned, and nothing else", async () => {
    const cell = new ScriptedCell()
    const door = await openDoor(cell)
    const stream = door.client.makeBidiStreamRequest(lockService.Connect.path, raw, raw)
    const ended = new Promise((resolve) => stream.on("error", resolve))
    stream.write(Buffer.from(lockService.Connect.requestSerialize({ calls: [{ callId: 1, keepAlive: {} }] })))
    await cell.whenSubmitted(1)
    stream.write(garbage)
    expect(await ended).toMatchObject({ code: status.INVALID_ARGUMENT })
    await cell.whenAbandoned(1)
    await expect(ask(door, adminService.StepDown, {})).resolves.toEqual({ wasMaster: true })
  })
})

test("a door that has been closed answers nobody", async () => {
  const door = await openDoor(new ScriptedCell())
  await door.close()
  const late = new Client(door.address, credentials.createInsecure(), { "grpc.use_local_subchannel_pool": 1 })
  await expect(ask({ ...door, client: late }, adminService.GetStatus, {})).rejects.toMatchObject({
    code: status.UNAVAILABLE,
  })
  late.close()
})
