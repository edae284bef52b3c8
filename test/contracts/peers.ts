/**
 * What Peers must do, over real sockets or simulated ones: carry messages whole and in order while a connection lasts,
 * find replicas that come back, and never throw for one that is not there.
 */
import { expect, test, vi } from "vitest"
import type { Peers } from "../../src/host/ports.ts"

export interface PeersUnderTest {
  /** Starts the endpoint of a replica. It may be started again after it was closed. */
  start(replicaId: number): Promise<Peers>
}

/** Long enough for the slowest machine; nothing waits for it to pass. */
const patience = { timeout: 10_000, interval: 5 }

export function describePeersContract(make: () => Promise<PeersUnderTest>): void {
  test("messages arrive whole, in order, and from the replica that sent them", async () => {
    const cell = await make()
    await using one = await endpoint(cell, 1)
    await using two = await endpoint(cell, 2)
    await reachEachOther(one, two)
    one.peers.send(2, [bytes("a"), bytes("")])
    one.peers.send(2, [bytes("b")])
    two.peers.send(1, [bytes("c")])
    await vi.waitFor(() => expect([two.heard, one.heard]).toEqual([["1:a", "1:", "1:b"], ["2:c"]]), patience)
  })

  test("a large message arrives as it was", async () => {
    const cell = await make()
    await using one = await endpoint(cell, 1)
    await using two = await endpoint(cell, 2)
    await reachEachOther(one, two)
    const large = Uint8Array.from({ length: 5_000_000 }, (_, at) => at % 251)
    const received: Uint8Array[] = []
    two.peers.onReceive((_, messages) => received.push(...messages))
    one.peers.send(2, [large, bytes("after")])
    await vi.waitFor(() => expect(received).toHaveLength(2), patience)
    expect(Buffer.compare(received[0] ?? new Uint8Array(), large)).toBe(0)
  })

  test("a receiver may keep the bytes it was given", async () => {
    const cell = await make()
    await using one = await endpoint(cell, 1)
    await using two = await endpoint(cell, 2)
    await reachEachOther(one, two)
    const kept: Uint8Array[] = []
    two.peers.onReceive((_, messages) => kept.push(...messages))
    for (let number = 0; number < 200; number += 1) one.peers.send(2, [bytes(`message ${number}`)])
    await vi.waitFor(() => expect(kept).toHaveLength(200), patience)
    expect(kept.map(text)).toEqual(Array.from({ length: 200 }, (_, number) => `message ${number}`))
  })

  test("what is sent to a replica that is not there is dropped", async () => {
    const cell = await make()
    await using one = await endpoint(cell, 1)
    one.peers.send(2, [bytes("early")])
    one.peers.send(99, [bytes("nobody")])
    await using two = await endpoint(cell, 2)
    await reachEachOther(one, two)
    one.peers.send(2, [bytes("now")])
    await vi.waitFor(() => expect(two.heard).toEqual(["1:now"]), patience)
  })

  test("a replica that comes back is reached again, in both directions", async () => {
    const cell = await make()
    await using one = await endpoint(cell, 1)
    for (let life = 1; life <= 3; life += 1) {
      await using two = await endpoint(cell, 2)
      await reachEachOther(one, two)
      one.heard.length = 0
      one.peers.send(2, [bytes(`to life ${life}`)])
      two.peers.send(1, [bytes(`from life ${life}`)])
      await vi.waitFor(() => expect(two.heard).toEqual([`1:to life ${life}`]), patience)
      await vi.waitFor(() => expect(one.heard).toEqual([`2:from life ${life}`]), patience)
      await two.peers.close()
      await vi.waitFor(() => expect(one.peers.reachable()).not.toContain(2), patience)
    }
  })

  test("a closed endpoint hears nothing and sends nothing", async () => {
    const cell = await make()
    await using one = await endpoint(cell, 1)
    await using two = await endpoint(cell, 2)
    await reachEachOther(one, two)
    await two.peers.close()
    two.peers.send(1, [bytes("ghost")])
    one.peers.send(2, [bytes("to a ghost")])
    await using again = await endpoint(cell, 2)
    await reachEachOther(one, again)
    again.peers.send(1, [bytes("alive")])
    await vi.waitFor(() => expect(one.heard).toEqual(["2:alive"]), patience)
    expect(two.heard).toEqual([])
  })
}

interface Endpoint extends AsyncDisposable {
  readonly replicaId: number
  readonly peers: Peers
  /** `from:text` of every message. */
  readonly heard: string[]
}

async function endpoint(cell: PeersUnderTest, replicaId: number): Promise<Endpoint> {
  const peers = await cell.start(replicaId)
  const heard: string[] = []
  peers.onReceive((from, messages) => heard.push(...messages.map((message) => `${from}:${text(message)}`)))
  return { replicaId, peers, heard, [Symbol.asyncDispose]: () => peers.close() }
}

/** Until a word has got through both ways; reachable() alone may speak of one direction. */
async function reachEachOther(left: Endpoint, right: Endpoint): Promise<void> {
  await vi.waitFor(() => {
    left.peers.send(right.replicaId, [bytes("ping")])
    right.peers.send(left.replicaId, [bytes("ping")])
    expect(left.heard).toContain(`${right.replicaId}:ping`)
    expect(right.heard).toContain(`${left.replicaId}:ping`)
  }, patience)
  expect(left.peers.reachable()).toContain(right.replicaId)
  // Pings may still be under way; one that carries a mark is the last.
  left.peers.send(right.replicaId, [bytes("go")])
  right.peers.send(left.replicaId, [bytes("go")])
  await vi.waitFor(() => {
    expect(left.heard.at(-1)).toBe(`${right.replicaId}:go`)
    expect(right.heard.at(-1)).toBe(`${left.replicaId}:go`)
  }, patience)
  left.heard.length = 0
  right.heard.length = 0
}

function bytes(words: string): Uint8Array {
  return new TextEncoder().encode(words)
}

function text(message: Uint8Array): string {
  return new TextDecoder().decode(message)
}
