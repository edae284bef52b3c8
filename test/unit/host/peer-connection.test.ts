/** Both ends of one connection on real sockets; the beats of silence come when the test says so. */
import { type AddressInfo, connect, createServer, type Socket } from "node:net"
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest"
import { type ConnectionLoss, type FrameOfPeer, PeerConnection } from "../../../src/host/peer-connection.ts"
import { encodeMessages, encodeRefusal, frameBytesMax, preamble } from "../../../src/host/peer-frames.ts"

const patience = { timeout: 10_000, interval: 5 }

beforeEach(() => void vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] }))
afterEach(() => void vi.useRealTimers())

describe("a connection between replicas", () => {
  test("is given up by whoever hears nothing for three seconds", async () => {
    const { here } = await connected()
    vi.advanceTimersByTime(2_400)
    expect(here.losses).toEqual([])
    vi.advanceTimersByTime(600)
    await vi.waitFor(() => expect(here.losses).toEqual([{ kind: "closed", reason: "it has fallen silent" }]), patience)
  })

  test("is kept by a sign of life a second", async () => {
    const { here, there } = await connected()
    for (let second = 0; second < 10; second += 1) {
      const heardBefore = there.bytesRead
      vi.advanceTimersByTime(1_000)
      await vi.waitUntil(() => there.bytesRead > heardBefore, patience)
      const countBefore = here.frames.length
      there.write(second === 0 ? Buffer.concat([preamble, encodeMessages([])]) : encodeMessages([]))
      await vi.waitUntil(() => here.frames.length > countBefore, patience)
    }
    expect(here.losses).toEqual([])
  })

  test("says nothing before the greeting, and no sign of life while it has other things to say", async () => {
    const { here, there } = await connected({ greets: false })
    vi.advanceTimersByTime(500)
    here.connection.greet(preamble)
    const message = [new Uint8Array([1])]
    for (const wait of [400, 500]) {
      vi.advanceTimersByTime(wait)
      here.connection.send(message)
    }
    const said = Buffer.concat([preamble, encodeMessages(message), encodeMessages(message)])
    await vi.waitUntil(() => there.bytesRead >= said.length, patience)
    expect(there.heard().subarray(0, said.length)).toEqual(said)
  })

  test("ends with a reason when bytes are no frames, and what follows them is not looked at", async () => {
    const { here, there } = await connected()
    there.write(Buffer.concat([preamble, encodeMessages([]), Buffer.alloc(4), encodeMessages([])]))
    await vi.waitFor(() => {
      expect(here.losses).toEqual([{ kind: "malformed", reason: "it sends a frame of no kind" }])
    }, patience)
    expect(here.frames).toHaveLength(1)
  })

  test("lets what was sent get through before it ends, with a last word", async () => {
    const { here, there } = await connected()
    const large = [new Uint8Array(5_000_000).fill(1), new Uint8Array(5_000_000).fill(2)]
    for (const message of large) here.connection.send([message])
    here.connection.end(encodeRefusal("enough"))
    here.connection.send([new Uint8Array([3])])
    await vi.waitUntil(() => here.losses.length > 0, patience)
    const said = [preamble, ...large.map((message) => encodeMessages([message])), encodeRefusal("enough")]
    expect(Buffer.compare(there.heard(), Buffer.concat(said))).toBe(0)
  })

  test("sends in one frame what had to wait for the one before", async () => {
    const { here, there } = await connected()
    there.pause()
    const large = new Uint8Array(16_000_000)
    const small = [1, 2, 3].map((value) => new Uint8Array([value]))
    here.connection.send([large])
    for (const message of small) here.connection.send([message])
    there.resume()
    const said = Buffer.concat([preamble, encodeMessages([large]), encodeMessages(small)])
    await vi.waitUntil(() => there.bytesRead >= said.length, patience)
    expect(Buffer.compare(there.heard().subarray(0, said.length), said)).toBe(0)
  })
})

interface Here {
  readonly connection: PeerConnection
  readonly frames: FrameOfPeer[]
  readonly losses: ConnectionLoss[]
}

/** The other end, bare. */
type There = Socket & { heard(): Buffer }

async function connected({ greets = true } = {}): Promise<{ readonly here: Here; readonly there: There }> {
  const server = createServer().listen(0, "127.0.0.1")
  await new Promise((resolve) => server.once("listening", resolve))
  const accepted = new Promise<Socket>((resolve) => server.once("connection", resolve))
  const socket = connect({ port: (server.address() as AddressInfo).port, host: "127.0.0.1" })
  const [there] = await Promise.all([accepted, new Promise((resolve) => socket.once("connect", resolve))])
  onTestFinished(() => {
    for (const end of [socket, there]) end.destroy()
    server.close()
  })
  const frames: FrameOfPeer[] = []
  const losses: ConnectionLoss[] = []
  const connection = new PeerConnection(socket, {
    frameBytesMax,
    onFrame: (frame) => frames.push(frame),
    onLoss: (loss) => losses.push(loss),
  })
  const chunks: Buffer[] = []
  there.on("data", (chunk: Buffer) => chunks.push(chunk))
  there.on("error", () => undefined)
  if (greets) {
    connection.greet(preamble)
    await vi.waitUntil(() => there.bytesRead === preamble.length, patience)
  }
  return { here: { connection, frames, losses }, there: Object.assign(there, { heard: () => Buffer.concat(chunks) }) }
}
