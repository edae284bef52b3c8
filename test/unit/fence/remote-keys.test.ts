import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { describe, expect, onTestFinished, test } from "vitest"
import { deferred } from "../../../src/base/deferred.ts"
import type { Freshness } from "../../../src/fence/keys.ts"
import { remoteKeys, type RemoteKeysOptions } from "../../../src/fence/remote-keys.ts"
import { SequencerVerifier } from "../../../src/fence/verifier.ts"
import { jwkSet, TestKey } from "../../support/sequencers.ts"

const first = new TestKey(1)
const second = new TestKey(2)

/** A cell that publishes keys, on a clock that stands still unless told. */
class Publisher {
  now = 50_000
  fetchCount = 0
  answer: () => unknown = () => jwkSet(first)
  readonly keys

  constructor(options: RemoteKeysOptions = {}) {
    const fetch = async (): Promise<unknown> => {
      this.fetchCount += 1
      return this.answer()
    }
    this.keys = remoteKeys(fetch, { now: () => this.now, ...options })
  }

  async refresh(): Promise<Freshness | undefined> {
    return await this.keys.refresh?.()
  }
}

describe("remote keys", () => {
  test("are fetched when the first one is wanted, once for all who want one", async () => {
    const publisher = new Publisher()
    expect(publisher.keys.find(first.jwk.kid)).toBeUndefined()
    expect(await Promise.all([publisher.refresh(), publisher.refresh()])).toEqual(["current", "recent"])
    expect(publisher.keys.find(first.jwk.kid)).toEqual(first.publicKey)
    expect(publisher.fetchCount).toBe(1)
  })

  test("are not fetched again for a while, however many unknown ones are named", async () => {
    const publisher = new Publisher()
    await publisher.refresh()
    for (let round = 0; round < 1_000; round += 1) await publisher.refresh()
    publisher.now += 999
    await publisher.refresh()
    expect(publisher.fetchCount).toBe(1)
    publisher.now += 1
    publisher.answer = () => jwkSet(first, second)
    expect(await publisher.refresh()).toBe("current")
    expect(publisher.keys.find(second.jwk.kid)).toEqual(second.publicKey)
    expect(publisher.fetchCount).toBe(2)
  })

  test("that are unknown just after a fetch may have been made since: nobody is told that there are none", async () => {
    const publisher = new Publisher()
    await publisher.refresh()
    const verifier = new SequencerVerifier({ keys: publisher.keys })
    publisher.answer = () => jwkSet(second)
    publisher.now += 999
    expect(await verifier.verifyFetching(second.sign())).toMatchObject({ reason: "keysUnreachable", code: "NO_QUORUM" })
    expect(publisher.fetchCount).toBe(1)
    publisher.now += 1
    expect(await verifier.verifyFetching(second.sign())).toMatchObject({ kind: "genuine" })
    expect(await verifier.verifyFetching(first.sign())).toMatchObject({ reason: "keysUnreachable" })
    publisher.now += 1_000
    expect(await verifier.verifyFetching(first.sign())).toMatchObject({ reason: "unknownKey" })
    expect(publisher.fetchCount).toBe(3)
  })

  test("are fetched once at a time, so that no slow answer brings back what was revoked meanwhile", async () => {
    const publisher = new Publisher()
    const slow = deferred<unknown>()
    publisher.answer = () => slow.promise
    const early = publisher.refresh()
    publisher.now += 2_000
    publisher.answer = () => jwkSet(second)
    const late = publisher.refresh()
    expect(publisher.fetchCount).toBe(1)
    slow.resolve(jwkSet(first))
    await Promise.all([early, late])
    expect(publisher.keys.find(first.jwk.kid)).toBeDefined()
    expect(await publisher.refresh()).toBe("current")
    expect(publisher.keys.find(first.jwk.kid)).toBeUndefined()
  })

  test("are given up when time is over, also if whoever fetches them takes no notice", async () => {
    const publisher = new Publisher({ patienceMs: 20 })
    publisher.answer = () => new Promise(() => undefined)
    expect(await publisher.refresh()).toBe("unreachable")
  })

  test("that grow old are fetched again while the old ones go on serving", async () => {
    const publisher = new Publisher()
    await publisher.refresh()
    publisher.now += 300_000
    publisher.answer = () => jwkSet(second)
    expect(publisher.keys.find(first.jwk.kid)).toBeDefined()
    await publisher.refresh()
    expect(publisher.keys.find(first.jwk.kid)).toBeUndefined()
    expect(publisher.fetchCount).toBe(2)
  })

  test("stay the same arrays as long as they are the same keys", async () => {
    const publisher = new Publisher()
    await publisher.refresh()
    const before = publisher.keys.find(first.jwk.kid)
    publisher.now += 10_000
    await publisher.refresh()
    expect(publisher.keys.find(first.jwk.kid)).toBe(before)
  })

  test.each([
    ["fails", () => Promise.reject(new Error("refused"))],
    ["is no set of keys", () => ({ error: "not found" })],
  ])("of a fetch that %s are said to be out of reach, and those at hand are kept", async (_, answer) => {
    const publisher = new Publisher()
    await publisher.refresh()
    publisher.now += 10_000
    publisher.answer = answer
    expect(await publisher.refresh()).toBe("unreachable")
    // Also to those who ask again before the next fetch.
    expect(await publisher.refresh()).toBe("unreachable")
    expect(publisher.keys.find(first.jwk.kid)).toEqual(first.publicKey)
  })

  test("that can't be had leave the reason behind, for a log, until they can be had", async () => {
    const publisher = new Publisher()
    publisher.answer = () => Promise.reject(new Error("self-signed certificate in certificate chain"))
    const verifier = new SequencerVerifier({ keys: publisher.keys })
    const cause = new Error("self-signed certificate in certificate chain")
    expect(await verifier.verifyFetching(first.sign())).toMatchObject({ reason: "keysUnreachable", cause })
    publisher.now += 10_000
    publisher.answer = () => jwkSet(first)
    expect(await verifier.verifyFetching(first.sign())).toMatchObject({ kind: "genuine" })
    expect(publisher.keys.problem).toBeUndefined()
  })
})

describe("keys at an address", () => {
  async function serve(answer: Parameters<typeof createServer>[1]): Promise<string> {
    const server: Server = createServer(answer as never)
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
    onTestFinished(() => {
      server.closeAllConnections()
      server.close()
    })
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/.well-known/jwks.json`
  }

  const publishing = (): Promise<string> =>
    serve((_, response) => {
      response.setHeader("content-type", "application/json")
      response.end(JSON.stringify(jwkSet(first)))
    })

  test("are read from there", async () => {
    const keys = remoteKeys(await publishing())
    expect(await keys.refresh?.()).toBe("current")
    expect(keys.find(first.jwk.kid)).toEqual(first.publicKey)
  })

  test("are read from the next address if one of several does not answer", async () => {
    const silent = await serve((request) => request.socket.destroy())
    const keys = remoteKeys([silent, await publishing()])
    expect(await keys.refresh?.()).toBe("current")
  })

  test("are read from the next address if one takes the connection and says nothing", async () => {
    const stopped = await serve(() => undefined)
    const keys = remoteKeys([stopped, await publishing()], { patienceMs: 1_000 })
    expect(await keys.refresh?.()).toBe("current")
  })

  test("are not read from wherever the address redirects to", async () => {
    const target = await publishing()
    const redirecting = await serve((_, response) => response.writeHead(302, { location: target }).end())
    expect(await remoteKeys(redirecting).refresh?.()).toBe("unreachable")
  })

  test.each([
    ["an error", (): string => "", 500],
    ["no JSON", (): string => "keys?", 200],
    ["more than any set of keys takes", (): string => JSON.stringify({ keys: [], more: "x".repeat(70_000) }), 200],
  ])("that answers with %s are out of reach", async (_, body, status) => {
    const address = await serve((_request, response) => response.writeHead(status).end(body()))
    expect(await remoteKeys(address).refresh?.()).toBe("unreachable")
  })

  test("that never answers are given up", async () => {
    const silent = await serve(() => undefined)
    expect(await remoteKeys(silent, { patienceMs: 20 }).refresh?.()).toBe("unreachable")
  })
})
