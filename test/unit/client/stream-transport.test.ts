import { Server, ServerCredentials, type ServerDuplexStream } from "@grpc/grpc-js"
import { createServer, type AddressInfo, type Socket } from "node:net"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { describe, expect, onTestFinished, test, vi } from "vitest"
import { deferred } from "../../../src/base/deferred.ts"
import { transportOver, type WireKind } from "../../../src/client/transport-over.ts"
import type { Call, CallResult, Transport } from "../../../src/client/transport.ts"
import { encodeMessage, FrameReader, preamble } from "../../../src/wire/frames.ts"
import { lockService } from "../../../src/wire/load.ts"
import { messageBounds } from "../../../src/wire/message-bounds.ts"
import { callToContract } from "../../../src/wire/to-contract.ts"
import { resultToWire } from "../../../src/wire/to-wire.ts"
import { willingMaster } from "./scripted-cell.ts"

type Received = ReturnType<typeof lockService.Connect.requestDeserialize>
type Sent = Parameters<typeof lockService.Connect.responseSerialize>[0]
type Duplex = ServerDuplexStream<Received, Sent>

interface Door {
  readonly address: string
  /** How many calls came in each message. */
  readonly messageSizes: number[]
  readonly paths: string[]
  endStreams(): void
  close(): void
}

/** A replica's door that grants everything, and speaks one way only. */
async function openDoor(wire: WireKind, port = 0): Promise<Door> {
  const messageSizes: number[] = []
  const paths: string[] = []
  const answer = (message: Received): Sent => {
    messageSizes.push(message.calls.length)
    const results = message.calls.map((call) => {
      const request = callToContract(call)
      if ("kind" in request) throw new Error(request.detail)
      const { operation } = request
      if (operation.kind === "getStat" && operation.node.kind === "path") paths.push(operation.node.path)
      const callId = Number(call.callId)
      const outcome = willingMaster({ callId, request })
      if (outcome === "hold") throw new Error("nothing is held back here")
      return resultToWire(callId, { outcome, epoch: 1, commitIndex: 1, cachable: false })
    })
    return { results }
  }
  const opened = await (wire === "grpc" ? openGrpcPort(answer, port) : openFramedPort(answer, port))
  onTestFinished(() => {
    opened.close()
  })
  return { ...opened, messageSizes, paths }
}

type Answering = (message: Received) => Sent
type Port = Pick<Door, "address" | "endStreams" | "close">

async function openGrpcPort(answer: Answering, port: number): Promise<Port> {
  const streams = new Set<Duplex>()
  const server = new Server()
  const Connect = (stream: Duplex): void => {
    streams.add(stream)
    stream.on("data", (message: Received) => void stream.write(answer(message)))
    stream.on("end", () => stream.end())
  }
  server.addService({ Connect: lockService.Connect }, { Connect })
  const bound = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error, drawn) => {
      if (error === null) resolve(drawn)
      else reject(error)
    })
  })
  const endStreams = (): void => {
    for (const stream of streams) stream.end()
  }
  const close = (): void => {
    server.forceShutdown()
  }
  return { address: `127.0.0.1:${bound}`, endStreams, close }
}

async function openFramedPort(answer: Answering, port: number): Promise<Port> {
  const { requestDeserialize, responseSerialize } = lockService.Connect
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    const reader = new FrameReader(messageBounds.requestBytesMax)
    socket.write(preamble)
    socket.on("error", () => undefined)
    socket.on("data", (chunk: Buffer) => {
      reader.push(chunk)
      for (let frame = reader.next(); frame !== undefined; frame = reader.next()) {
        if (frame.kind !== "message") throw new Error(`a frame of the kind ${frame.kind}`)
        socket.write(encodeMessage(responseSerialize(answer(requestDeserialize(frame.bytes)))))
      }
    })
  })
  await new Promise<void>((resolve) => {
    server.listen(port, "127.0.0.1", resolve)
  })
  const endStreams = (): void => {
    for (const socket of sockets) socket.end()
  }
  const close = (): void => {
    server.close()
    for (const socket of sockets) socket.destroy()
  }
  return { address: `127.0.0.1:${(server.address() as AddressInfo).port}`, endStreams, close }
}

/** Takes connections and never says a word. */
async function openSilentPort(port = 0): Promise<{ readonly address: string; close(): Promise<void> }> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => sockets.add(socket))
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => {
      server.close(resolve)
    })
  }
  onTestFinished(close)
  await new Promise<void>((resolve) => {
    server.listen(port, "127.0.0.1", resolve)
  })
  return { address: `127.0.0.1:${(server.address() as AddressInfo).port}`, close }
}

function collectGarbage(): void {
  setFlagsFromString("--expose-gc")
  ;(runInNewContext("gc") as () => void)()
}

async function transport(wire: WireKind): Promise<Transport> {
  const opened = await transportOver(wire)
  onTestFinished(() => {
    opened.close()
  })
  return opened
}

function callFor(callId: number, contents = new Uint8Array(0)): Call {
  const node = { kind: "path", path: `/ls/local/${callId}` } as const
  const operation =
    contents.length === 0 ? ({ kind: "getStat", node } as const) : ({ kind: "setContents", node, contents } as const)
  const envelope = { sessionId: 0, requestNumber: 0, answeredThrough: 0, stillOpen: [], epoch: 0 }
  return { callId, request: { ...envelope, forCache: false, underSequencer: "", operation } }
}

/** Sends the calls in one turn of the event loop; resolves when all are answered. */
async function exchange(opened: Transport, address: string, calls: readonly Call[]): Promise<readonly CallResult[]> {
  const results: CallResult[] = []
  const all = deferred<void>()
  const stream = opened.open(address, {
    onResults: (batch) => {
      results.push(...batch)
      if (results.length === calls.length) all.resolve()
    },
    onEnd: (reason) => {
      all.reject(new Error(reason))
    },
  })
  for (const call of calls) stream.send(call)
  await all.promise
  stream.close()
  return results
}

const range = (count: number): readonly number[] => Array.from({ length: count }, (_, place) => place + 1)

describe.each(["frames", "grpc"] as const)("the transport over %s", (wire) => {
  test("puts all calls of one turn into one message, in the order of issue", async () => {
    const door = await openDoor(wire)
    const results = await exchange(
      await transport(wire),
      door.address,
      range(100).map((id) => callFor(id)),
    )
    expect(door.messageSizes).toEqual([100])
    expect(door.paths).toEqual(range(100).map((id) => `/ls/local/${id}`))
    expect(results.map(({ callId }) => callId)).toEqual(range(100))
  })

  test("splits what is too much for one message", async () => {
    const door = await openDoor(wire)
    const large = new Uint8Array(100 * 1024).fill(7)
    await exchange(
      await transport(wire),
      door.address,
      range(6).map((id) => callFor(id, large)),
    )
    expect(door.messageSizes).toEqual([2, 2, 2])
  })

  test("refuses a call that no message could carry, and sends the others", async () => {
    const door = await openDoor(wire)
    const hopeless = callFor(2, new Uint8Array(messageBounds.requestBytesMax))
    const results = await exchange(await transport(wire), door.address, [callFor(1), hopeless, callFor(3)])
    expect(door.paths).toEqual(["/ls/local/1", "/ls/local/3"])
    expect(results.find(({ callId }) => callId === 2)?.reply.outcome).toMatchObject({ code: "INVALID_ARGUMENT" })
  })

  test("tells once that a stream has ended, whoever has ended it", async () => {
    const door = await openDoor(wire)
    const ends: string[] = []
    const ended = deferred<void>()
    const stream = (await transport(wire)).open(door.address, {
      onResults: () => {
        door.endStreams()
      },
      onEnd: (reason) => {
        ends.push(reason)
        ended.resolve()
      },
    })
    stream.send(callFor(1))
    await ended.promise
    stream.close()
    expect(ends).toEqual(["the replica has ended the stream"])
  })

  test("tells that nobody listens at an address", async () => {
    await expect(exchange(await transport(wire), "127.0.0.1:1", [callFor(1)])).rejects.toThrow(/ECONNREFUSED/)
  })

  test("tells that an address is none", async () => {
    await expect(exchange(await transport(wire), "nowhere at all", [callFor(1)])).rejects.toThrow(/nowhere at all/)
  })

  test("gives a replica that is too slow to connect more time, until it has answered", async () => {
    const silent = await openSilentPort()
    const { address } = silent
    const opened = await transport(wire)
    const tooSlow = async (patienceMs: number): Promise<void> => {
      await expect(exchange(opened, address, [callFor(1)])).rejects.toThrow(`no connection within ${patienceMs} ms`)
    }
    await tooSlow(1_000)
    await tooSlow(2_000)
    await silent.close()
    const door = await openDoor(wire, Number(address.split(":")[1]))
    await exchange(opened, address, [callFor(1)])
    door.close()
    await openSilentPort(Number(address.split(":")[1]))
    await tooSlow(1_000)
  })

  test("keeps nothing of a stream that is over: a client that looks for a master opens many", async () => {
    const opened = await transport(wire)
    const listener = { onResults: () => undefined, onEnd: () => undefined }
    const closed = Array.from({ length: 20 }, () => {
      const stream = opened.open("127.0.0.1:1", listener)
      stream.close()
      return new WeakRef(stream)
    })
    await vi.waitFor(() => {
      collectGarbage()
      // The latest may still be in somebody's hands.
      expect(closed.filter((stream) => stream.deref() !== undefined).length).toBeLessThan(5)
    })
  })

  test("is silent about a stream that the client itself has closed", async () => {
    const door = await openDoor(wire)
    const opened = await transport(wire)
    let isTold = false
    const stream = opened.open(door.address, {
      onResults: () => undefined,
      onEnd: () => {
        isTold = true
      },
    })
    stream.send(callFor(1))
    stream.close()
    await exchange(opened, door.address, [callFor(2)])
    expect(isTold).toBe(false)
  })
})
