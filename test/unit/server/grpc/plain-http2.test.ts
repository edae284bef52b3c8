/** Callers who break their connection right behind a call: an error that nobody catches would fail the run. */
import { once } from "node:events"
import { connect } from "node:net"
import { afterEach, expect, test } from "vitest"
import { fileStat } from "../../wire/samples.ts"
import { callUnary, closeAll, openDoor } from "../loopback.ts"
import { ScriptedCell } from "../scripted-cell.ts"

afterEach(closeAll)

function frame(type: number, flags: number, stream: number, payload: Uint8Array): Buffer {
  const head = Buffer.alloc(9)
  head.writeUIntBE(payload.length, 0, 3)
  head.writeUInt8(type, 3)
  head.writeUInt8(flags, 4)
  head.writeUInt32BE(stream, 5)
  return Buffer.concat([head, payload])
}

function call(path: string, contentType: string): Buffer {
  const headers = [
    ...[":method", "POST", ":scheme", "http", ":path", path, ":authority", "test"],
    ...["content-type", contentType, "te", "trailers"],
  ]
  const fields = headers.map((text) => Buffer.concat([Buffer.from([text.length]), Buffer.from(text)]))
  const block = fields.flatMap((field, place) => (place % 2 === 0 ? [Buffer.from([0]), field] : [field]))
  return frame(1, 4, 1, Buffer.concat(block))
}

const opening = Buffer.concat([Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), frame(4, 0, 0, Buffer.alloc(0))])
const breaking = [
  frame(0, 0, 0, Buffer.from("data of no stream")),
  frame(3, 0, 1, Buffer.alloc(4)),
  Buffer.alloc(60, 7),
]

test.each([
  ["/claviger.v1.LockService/GetStat", "application/grpc"],
  ["/claviger.v1.LockService/GetStat", "text/plain"],
  ["/no.such.Service/Do", "application/grpc"],
  ["/no.such.Service/Do", "text/plain"],
])("a door survives a call of %s as %s on a connection that is broken behind it", async (path, contentType) => {
  const cell = new ScriptedCell()
  cell.answerAll = () => ({ kind: "getStat", stat: fileStat })
  const door = await openDoor(cell)
  const [host, port] = door.address.split(":")
  for (const last of breaking) {
    const socket = connect(Number(port), host)
    socket.on("error", () => undefined)
    socket.resume()
    socket.end(Buffer.concat([opening, call(path, contentType), last]))
    await once(socket, "close")
  }
  const node = { kind: "path", path: "/ls/local/a" } as const
  expect(await callUnary(door, "getStat", { kind: "getStat", node })).toMatchObject({
    reply: { outcome: { kind: "getStat" } },
  })
})
