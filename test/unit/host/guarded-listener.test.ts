import { connect as connectHttp2, createServer } from "node:http2"
import { connect, type Socket } from "node:net"
import { connect as connectTls } from "node:tls"
import { afterAll, describe, expect, onTestFinished, test, vi } from "vitest"
import { GuardedListener, type GuardedListenerOptions } from "../../../src/host/guarded-listener.ts"
import { silentLogger, type LogFields } from "../../../src/host/logger.ts"
import { pem, type Issued } from "../../support/certificates.ts"
import { CellCertificates } from "../../support/tls-cell.ts"

const certificates = new CellCertificates("dev")
afterAll(() => certificates[Symbol.dispose]())

interface Opened {
  readonly listener: GuardedListener
  readonly taken: Socket[]
  readonly refusals: string[]
}

async function open(options: Partial<GuardedListenerOptions> = {}): Promise<Opened> {
  const taken: Socket[] = []
  const refusals: string[] = []
  const listener = await GuardedListener.open({
    address: "127.0.0.1:0",
    tls: undefined,
    onConnection: (socket) => taken.push(socket.resume()),
    log: { ...silentLogger, warn: (fields: LogFields) => void refusals.push(String(fields["reason"])) },
    ...options,
  })
  onTestFinished(() => {
    listener.close()
  })
  return { listener, taken, refusals }
}

async function openSecure(options: Partial<GuardedListenerOptions> = {}): Promise<Opened> {
  return await open({ tls: certificates.replica(1).listening("everybody"), ...options })
}

function call(port: number): Socket {
  const socket = connect({ port, host: "127.0.0.1" })
  socket.on("error", () => undefined)
  return socket.resume()
}

async function callSecurely(port: number, shown: Issued, version?: "TLSv1.1" | "TLSv1.2"): Promise<boolean> {
  const socket = connectTls({
    ...{ port, host: "127.0.0.1", ca: pem(certificates.peers.certificate) },
    ...{ cert: pem(shown.certificate), key: pem(shown.privateKey) },
    ...(version === undefined ? {} : { minVersion: version, maxVersion: version, ciphers: "DEFAULT@SECLEVEL=0" }),
  })
  socket.on("error", () => undefined)
  onTestFinished(() => void socket.destroy())
  // TLS 1.3 is over for the client before the other side has looked at its certificate.
  const refused = closed(socket).then(() => false)
  socket.resume().write("hello")
  return await Promise.race([refused, once(socket, "secureConnect").then(() => answered(socket))])
}

async function answered(socket: Socket): Promise<boolean> {
  return await Promise.race([once(socket, "data").then(() => true), closed(socket).then(() => false)])
}

function once(socket: Socket, event: string): Promise<unknown> {
  return new Promise((resolve) => socket.once(event, resolve))
}

function closed(socket: Socket): Promise<unknown> {
  return once(socket, "close")
}

/** Says a word to everybody who got in. */
const greeting = (socket: Socket): void => void socket.resume().write("welcome")

describe("a listener without certificates", () => {
  test("hands over whoever comes", async () => {
    const { listener, taken } = await open()
    call(listener.port).write("hello")
    await vi.waitUntil(() => taken.length === 1)
  })

  test("hangs up on those who say nothing, and only on them", async () => {
    const { listener, taken, refusals } = await open({ patienceMs: 30 })
    const talker = call(listener.port)
    talker.write("hello")
    await vi.waitUntil(() => taken[0]?.bytesRead === 5)
    const silent = call(listener.port)
    await closed(silent)
    expect(refusals).toEqual(["it has said nothing"])
    expect(talker.destroyed).toBe(false)
  })

  test("does not take HTTP/2, which reads past the socket, for silence", async () => {
    const server = createServer()
    const { listener, taken } = await open({
      patienceMs: 30,
      onConnection: (socket) => {
        taken.push(socket)
        server.emit("connection", socket)
      },
    })
    const client = connectHttp2(`http://127.0.0.1:${listener.port}`)
    onTestFinished(() => {
      client.destroy()
    })
    await new Promise((resolve) => client.once("remoteSettings", resolve))
    await closed(call(listener.port))
    expect(taken[0]?.destroyed).toBe(false)
    expect(client.closed).toBe(false)
  })

  test("takes nobody any more after it has stopped, and leaves open what is open", async () => {
    const { listener, taken } = await open()
    const early = call(listener.port)
    await vi.waitUntil(() => taken.length === 1)
    listener.stop()
    await closed(call(listener.port))
    expect(early.destroyed).toBe(false)
    listener.close()
    await closed(early)
  })
})

describe("a listener with certificates", () => {
  test("hands over clients and replicas, with TLS 1.2 or later", async () => {
    const { listener } = await openSecure({ onConnection: greeting })
    const alice = certificates.clients.issue({ commonName: "alice" })
    expect(await callSecurely(listener.port, alice)).toBe(true)
    expect(await callSecurely(listener.port, certificates.peers.issueForReplica(2, "dev"), "TLSv1.2")).toBe(true)
  })

  test("refuses what is older than TLS 1.2", async () => {
    const { listener, refusals } = await openSecure({ onConnection: greeting })
    expect(await callSecurely(listener.port, certificates.clients.issue({ commonName: "alice" }), "TLSv1.1")).toBe(
      false,
    )
    await vi.waitUntil(() => refusals.length > 0)
    expect(refusals).toEqual(["it speaks a version of TLS that is too old"])
  })

  test("says of the expired, the foreign and the unsigned what is wrong with them, once", async () => {
    const { listener, taken, refusals } = await openSecure()
    const expired = certificates.clients.issue({ commonName: "alice", days: -1 })
    const foreign = certificates.workshop.authority("other").issue({ commonName: "alice" })
    for (const shown of [expired, foreign, expired, foreign]) {
      expect(await callSecurely(listener.port, shown)).toBe(false)
    }
    const plain = call(listener.port)
    plain.write("GET / HTTP/1.1\\r\\n\\r\\n")
    await closed(plain)
    await vi.waitUntil(() => refusals.length >= 3)
    expect(refusals).toEqual([
      "its certificate has expired",
      expect.stringContaining("its certificate was not issued by an authority that may"),
      "it does not speak TLS",
    ])
    expect(taken).toEqual([])
  })

  test("hangs up on those who don't begin the handshake", async () => {
    const { listener, refusals } = await openSecure({ patienceMs: 30 })
    await closed(call(listener.port))
    await vi.waitUntil(() => refusals.length > 0)
    expect(refusals).toEqual(["it did not finish the handshake in time"])
  })
})
