import { once } from "node:events"
import { connect, createServer, type AddressInfo, type Socket } from "node:net"
import { describe, expect, onTestFinished, test } from "vitest"
import { tellByFirstByte } from "../../../../src/server/grpc/first-byte.ts"

interface Call {
  readonly caller: Socket
  /** Who was given the connection, and the first bytes that it read from it. */
  readonly given: Promise<readonly [speaks: "frames" | "http2", heard: string]>
}

async function call(): Promise<Call> {
  const server = createServer()
  onTestFinished(() => void server.close())
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  const given = new Promise<readonly ["frames" | "http2", string]>((resolve) => {
    server.once("connection", (socket: Socket) => {
      const giveTo = (speaks: "frames" | "http2") => (): void => {
        socket.once("data", (bytes: Buffer) => {
          resolve([speaks, bytes.toString("latin1")])
        })
      }
      tellByFirstByte(socket, { onFrames: giveTo("frames"), onHttp2: giveTo("http2") })
    })
  })
  const caller = connect((server.address() as AddressInfo).port, "127.0.0.1")
  onTestFinished(() => void caller.destroy())
  await once(caller, "connect")
  return { caller, given }
}

describe("a caller at the gRPC door", () => {
  test.each(["CLAVIGER/1\n", "CLAVIGER/2\n", "C"])("that begins with %j speaks frames", async (said) => {
    const { caller, given } = await call()
    caller.write(said)
    expect(await given).toEqual(["frames", said])
  })

  test.each(["PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "GET / HTTP/1.1\r\n", "\u0016\u0003\u0001"])(
    "that begins with %j is for HTTP/2 to answer",
    async (said) => {
      const { caller, given } = await call()
      caller.write(Buffer.from(said, "latin1"))
      expect(await given).toEqual(["http2", said])
    },
  )
})
