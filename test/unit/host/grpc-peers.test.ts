import { createServer } from "node:net"
import { describe, expect, onTestFinished, test, vi } from "vitest"
import { GrpcPeers, type GrpcPeersOptions, ListenError, type PeerAddress } from "../../../src/host/grpc-peers.ts"
import { silentLogger, type LogFields } from "../../../src/host/logger.ts"
import { describePeersContract } from "../../contracts/peers.ts"

const patience = { timeout: 10_000, interval: 5 }

describe("gRPC peers keep the contract of peers:", () => {
  describePeersContract(async () => {
    const members = await addresses([1, 2])
    return { start: (self) => GrpcPeers.start(options({ self, members })) }
  })
})

describe("gRPC peers", () => {
  test("a replica of another cell is turned away, and both sides say so", async () => {
    await expectRefusal({ cellId: "another cell" }, "this replica belongs to another cell")
  })

  test("a replica that is turned away again and again is told of once", async () => {
    const members = await addresses([1, 2])
    const reasons: unknown[] = []
    const log = { ...silentLogger, error: (fields: LogFields) => reasons.push(fields["reason"]) }
    const one = await GrpcPeers.start(options({ self: 1, members, log }))
    onTestFinished(() => one.close())
    for (const configDigest of ["old", "old", "old", "older", "digest", "old"]) {
      const tries = vi.fn()
      const guest = { ...silentLogger, warn: tries, info: tries }
      const other = await GrpcPeers.start(options({ self: 2, members, log: guest, configDigest }))
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

  test("a taken port is told with its address", async () => {
    const members = await addresses([1, 2])
    const port = Number(members[0]?.address.split(":")[1])
    const other = createServer().listen(port, "127.0.0.1")
    await new Promise((resolve) => other.once("listening", resolve))
    const starting = GrpcPeers.start(options({ self: 1, members }))
    await expect(starting).rejects.toThrow(ListenError)
    await expect(starting).rejects.toThrow(`can't listen for replicas at 127.0.0.1:${port}`)
    other.close()
  })
})

/** Starts replica 1 of a sound cell and a replica that differs by `changes`: the two must not come together. */
async function expectRefusal(
  changes: Partial<GrpcPeersOptions>,
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

async function started(peersOptions: GrpcPeersOptions): Promise<GrpcPeers & AsyncDisposable> {
  const peers = await GrpcPeers.start(peersOptions)
  return Object.assign(peers, { [Symbol.asyncDispose]: () => peers.close() })
}

function options(parts: Pick<GrpcPeersOptions, "self" | "members"> & Partial<GrpcPeersOptions>): GrpcPeersOptions {
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
