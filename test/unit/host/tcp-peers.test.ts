import { connect, createServer, type Socket } from "node:net"
import { describe, expect, onTestFinished, test, vi } from "vitest"
import { silentLogger, type LogFields } from "../../../src/host/logger.ts"
import { encodeHello, encodeMessages, preamble } from "../../../src/host/peer-frames.ts"
import { helloTo } from "../../../src/host/peer-hello.ts"
import { TcpPeers, type TcpPeersOptions, ListenError, type PeerAddress } from "../../../src/host/tcp-peers.ts"
import { describePeersContract } from "../../contracts/peers.ts"

const patience = { timeout: 10_000, interval: 5 }

describe("peers over TCP keep the contract of peers:", () => {
  describePeersContract(async () => {
    const members = await addresses([1, 2])
    return { start: (self) => TcpPeers.start(options({ self, members })) }
  })
})

describe("peers over TCP", () => {
  test("a replica of another cell is turned away, and both sides say so", async () => {
    await expectRefusal({ cellId: "another cell" }, "this replica belongs to another cell")
  })

  test("a replica that is turned away again and again is told of once", async () => {
    const members = await addresses([1, 2])
    const reasons: unknown[] = []
    const log = { ...silentLogger, error: (fields: LogFields) => reasons.push(fields["reason"]) }
    const one = await TcpPeers.start(options({ self: 1, members, log }))
    onTestFinished(() => one.close())
    for (const configDigest of ["old", "old", "old", "older", "digest", "old"]) {
      const tries = vi.fn()
      const guest = { ...silentLogger, warn: tries, info: tries }
      const other = await TcpPeers.start(options({ self: 2, members, log: guest, configDigest }))
      await vi.waitUntil(() => tries.mock.calls.length > 0, patience)
      await other.close()
    }
    const objection = "the cell's configuration differs: make it the same everywhere"
    // The second time comes after the replica was welcome.
    expect(reasons).toEqual([objection, objection])
  })

  test("a replica with another configuration is turned away", async () => {
    await expectRefusal({ configDigest: "another digest" }, "the cell's configuration differs")
  })

  test("a replica that runs under an id which is taken is turned away", async () => {
    const members = await addresses([1, 2, 3])
    // It believes that replica 2 lives where replica 1 does, and that it is 1 itself.
    const [first, second] = members as [PeerAddress, PeerAddress, PeerAddress]
    const confused = [
      { ...second, replicaId: 1 },
      { ...first, replicaId: 2 },
    ]
    await expectRefusal({ self: 1, members: confused }, "this is replica 1, not replica 2", members)
  })

  test("a replica that is not on the list of members is turned away", async () => {
    const members = await addresses([1, 9])
    const [first, ninth] = members as [PeerAddress, PeerAddress]
    const stranger = { self: 9, members: [first, ninth] }
    await expectRefusal(stranger, "there is no replica 9 in this cell", [first, { ...ninth, replicaId: 2 }])
  })

  test("of more messages than may wait, the first ones arrive", async () => {
    const members = await addresses([1, 2])
    await using one = await started(options({ self: 1, members }))
    await using other = await started(options({ self: 2, members }))
    const heard: number[] = []
    other.onReceive((_from, messages) => heard.push(...messages.map(([first = 0]) => first)))
    await vi.waitFor(() => {
      one.send(2, [new Uint8Array([255])])
      expect(heard).toContain(255)
    }, patience)
    const large = Array.from({ length: 80 }, (_, place) => new Uint8Array(1024 * 1024).fill(place))
    one.send(2, large)
    await vi.waitUntil(() => heard.includes(60), patience)
    expect(heard.filter((each) => each !== 255)).not.toContain(79)
  })

  test.each([
    ["HTTP", Buffer.from("GET / HTTP/1.1\r\n\r\n"), "it speaks HTTP"],
    ["TLS", Buffer.from([0x16, 3, 1, 2, 0, 1]), "it speaks TLS"],
    ["nothing that is known", Buffer.from("\0\0\0\0"), "it does not speak as replicas do"],
    ["too much at first", Buffer.concat([preamble, Buffer.from([1, 0, 0, 1, 1])]), "more than 65536"],
    ["of everything but itself", Buffer.concat([preamble, encodeMessages([new Uint8Array(1)])]), "has no hello"],
    ["broken words of greeting", Buffer.concat([preamble, encodeHello(new Uint8Array(2))]), "has no hello"],
  ])("a caller who speaks %s is dropped, told of once, and heard by nobody", async (_, words, reason) => {
    const { one, members, heard, warnings } = await listening()
    for (let call = 1; call <= 2; call += 1) {
      const socket = dial(members[0])
      socket.write(words)
      await vi.waitUntil(() => socket.destroyed, patience)
    }
    expect(warnings).toEqual([expect.stringContaining(reason)])
    expect(heard).toEqual([])
    expect(one.reachable()).toEqual([])
  })

  test("a caller who says nothing is dropped after two seconds, and told of", async () => {
    const { members, warnings } = await listening()
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] })
    onTestFinished(() => void vi.useRealTimers())
    const socket = dial(members[0])
    await vi.waitUntil(() => vi.advanceTimersByTime(100) && socket.destroyed, patience)
    expect(warnings).toEqual(["no hello came"])
  })

  test("a replica that sends nonsense is dropped and told of, and welcome when it calls again", async () => {
    const { one, members, heard, errors } = await listening()
    const socket = dial(members[0])
    socket.write(Buffer.concat([greeting(), encodeMessages([new Uint8Array([1])]), Buffer.alloc(4)]))
    await vi.waitUntil(() => socket.destroyed, patience)
    expect(errors).toEqual(["it sends a frame of no kind"])
    dial(members[0]).write(Buffer.concat([greeting(), encodeMessages([new Uint8Array([2])])]))
    await vi.waitFor(() => expect(heard).toEqual(["2:1", "2:2"]), patience)
    expect(one.reachable()).toEqual([2])
  })

  test("the newer connection of a replica takes the place of the older", async () => {
    const { members, heard } = await listening()
    const older = dial(members[0])
    older.write(Buffer.concat([greeting(), encodeMessages([new Uint8Array([1])])]))
    await vi.waitUntil(() => heard.length === 1, patience)
    const newer = dial(members[0])
    newer.write(Buffer.concat([greeting(), encodeMessages([new Uint8Array([2])])]))
    await vi.waitUntil(() => older.destroyed, patience)
    newer.write(encodeMessages([new Uint8Array([3])]))
    await vi.waitFor(() => expect(heard).toEqual(["2:1", "2:2", "2:3"]), patience)
  })

  test("a taken port is told with its address", async () => {
    const members = await addresses([1, 2])
    const port = Number(members[0]?.address.split(":")[1])
    const other = createServer().listen(port, "127.0.0.1")
    await new Promise((resolve) => other.once("listening", resolve))
    const starting = TcpPeers.start(options({ self: 1, members }))
    await expect(starting).rejects.toThrow(ListenError)
    await expect(starting).rejects.toThrow(`can't listen for replicas at 127.0.0.1:${port}`)
    other.close()
  })
})

/** Starts replica 1 of a sound cell and a replica that differs by `changes`: the two must not come together. */
async function expectRefusal(
  changes: Partial<TcpPeersOptions>,
  reason: string,
  members?: readonly PeerAddress[],
): Promise<void> {
  const cell = members ?? (await addresses([1, 2]))
  const refusals: LogFields[] = []
  const troubles: LogFields[] = []
  const host = { ...silentLogger, error: (fields: LogFields) => refusals.push(fields) }
  const guest = { ...silentLogger, warn: (fields: LogFields) => troubles.push(fields) }
  await using one = await started(options({ self: 1, members: cell, log: host }))
  await using other = await started(options({ self: 2, members: cell, log: guest, ...changes }))
  const heard = vi.fn()
  one.onReceive(heard)
  const told = (lines: readonly LogFields[]): unknown => lines.map((line) => line["reason"])
  await vi.waitFor(() => {
    other.send(changes.self === 1 ? 2 : 1, [new Uint8Array([1])])
    expect(told(refusals)).toContainEqual(expect.stringContaining(reason))
    expect(told(troubles)).toContainEqual(expect.stringContaining(reason))
  }, patience)
  expect(heard).not.toHaveBeenCalled()
  expect(other.reachable()).toEqual([])
}

/** Replica 1 of two, and what it says of those who call. Nobody answers for replica 2. */
async function listening() {
  const members = await addresses([1, 2])
  const warnings: string[] = []
  const errors: string[] = []
  const log = {
    ...silentLogger,
    warn: ({ reason }: LogFields, message: string) => {
      if (message === "refused a connection") warnings.push(String(reason))
    },
    error: ({ reason }: LogFields) => void errors.push(String(reason)),
  }
  const one = await TcpPeers.start(options({ self: 1, members, log }))
  onTestFinished(() => one.close())
  const heard: string[] = []
  one.onReceive((from, messages) => heard.push(...messages.map(([first = 0]) => `${from}:${first}`)))
  return { one, members, warnings, errors, heard }
}

/** A bare connection to a replica's port. */
function dial(member: PeerAddress | undefined): Socket {
  const socket = connect({ host: "127.0.0.1", port: Number(member?.address.split(":")[1]) })
  onTestFinished(() => void socket.destroy())
  socket.on("error", () => undefined)
  return socket.resume()
}

/** What replica 2 says first to replica 1. */
function greeting(): Buffer {
  const identity = { cellId: "cell", self: 2, members: [1, 2], configDigest: "digest" }
  return Buffer.concat([preamble, encodeHello(helloTo(1, identity))])
}

async function started(peersOptions: TcpPeersOptions): Promise<TcpPeers & AsyncDisposable> {
  const peers = await TcpPeers.start(peersOptions)
  return Object.assign(peers, { [Symbol.asyncDispose]: () => peers.close() })
}

function options(parts: Pick<TcpPeersOptions, "self" | "members"> & Partial<TcpPeersOptions>): TcpPeersOptions {
  return { cellId: "cell", configDigest: "digest", log: silentLogger, ...parts }
}

/** Ports that were free a moment ago. */
async function addresses(replicaIds: readonly number[]): Promise<PeerAddress[]> {
  return Promise.all(
    replicaIds.map(async (replicaId) => {
      const server = createServer().listen(0, "127.0.0.1")
      await new Promise((resolve) => server.once("listening", resolve))
      const { port } = server.address() as { port: number }
      await new Promise((resolve) => server.close(resolve))
      return { replicaId, address: `127.0.0.1:${port}` }
    }),
  )
}
