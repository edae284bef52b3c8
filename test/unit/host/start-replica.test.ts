import { createServer } from "node:net"
import { describe, expect, onTestFinished, test, vi } from "vitest"
import type { Operation, Outcome } from "../../../src/contract/requests.ts"
import { silentLogger } from "../../../src/host/logger.ts"
import { foundReplica } from "../../../src/host/replica-directory.ts"
import { type Member, type ReplicaOptions, type RunningReplica, startReplica } from "../../../src/host/start-replica.ts"
import { scratchDirectory } from "./scratch.ts"

const patience = { timeout: 15_000, interval: 10 }
const ids = [1, 2, 3]

describe("three replicas with real disks and sockets", () => {
  test("elect a master, serve, hand over when it stops, and find everything again after a restart", async () => {
    const options = await foundedCell()
    let replicas = await startAll(options)

    const first = await masterOf(replicas)
    const opened = await call(first, {
      ...{ kind: "createSession", clientName: "a", host: "here", processId: 1 },
      ...{ sessionLeaseMs: 12_000, nonce: "n", caching: false },
    })
    expect(opened).toMatchObject({ kind: "createSession" })
    const sessionId = opened.kind === "createSession" ? opened.sessionId : 0
    const node = { kind: "path", path: "/ls/local/greeting" } as const
    const contents = new TextEncoder().encode("hello")
    expect(await call(first, { kind: "setContents", node, contents }, sessionId)).toMatchObject({ kind: "setContents" })

    await first.stop()
    const rest = replicas.filter((replica) => replica !== first)
    const second = await masterOf(rest)
    expect(await contentsOf(second, node, sessionId)).toBe("hello")
    expect(second.host.status().epoch).toBeGreaterThan(1)
    await Promise.all(rest.map((replica) => replica.stop()))

    replicas = await startAll(options)
    const third = await masterOf(replicas)
    expect(await contentsOf(third, node, sessionId)).toBe("hello")
    await vi.waitFor(() => expect(new Set(replicas.map(({ host }) => host.status().digest)).size).toBe(1), patience)
  })

  test("a replica whose disk was lost learns everything from the others, and votes again", async () => {
    const options = await foundedCell()
    const replicas = await startAll(options.slice(0, 2))
    await masterOf(replicas)
    const [, , third] = options as [ReplicaOptions, ReplicaOptions, ReplicaOptions]
    const [learner] = await startAll([{ ...third, directory: scratchDirectory() }])
    expect(learner?.host.status().role).toBe("learner")
    await vi.waitFor(() => expect(learner?.host.status().role).toBe("replica"), patience)
  })
})

async function foundedCell(): Promise<ReplicaOptions[]> {
  const members = await Promise.all(ids.map(memberAtFreePorts))
  const directory = scratchDirectory()
  const options = ids.map((self): ReplicaOptions => ({
    ...{ cellName: "local", cellId: "some-cell-id", self, members, configDigest: "digest", log: silentLogger },
    directory: `${directory}/replica-${self}`,
    timing: { heartbeatMs: 50, masterLeaseMs: 400, electionJitterMs: 100, driftPerMille: 10 },
    administrators: ["anonymous"],
    onFatal: (reason) => expect.unreachable(String(reason)),
  }))
  for (const { self, ...replica } of options) await foundReplica({ ...replica, replicaId: self })
  return options
}

async function startAll(options: readonly ReplicaOptions[]): Promise<RunningReplica[]> {
  const replicas = await Promise.all(options.map(startReplica))
  onTestFinished(async () => void (await Promise.all(replicas.map((replica) => replica.stop()))))
  return replicas
}

async function masterOf(replicas: readonly RunningReplica[]): Promise<RunningReplica> {
  return await vi.waitFor(() => {
    const master = replicas.find(({ host }) => host.status().role === "master")
    if (master === undefined) throw new Error("no master yet")
    return master
  }, patience)
}

let requestNumber = 0

async function call({ host }: RunningReplica, operation: Operation, sessionId = 0): Promise<Outcome> {
  if (sessionId > 0) requestNumber += 1
  const request = {
    sessionId,
    requestNumber: sessionId > 0 ? requestNumber : 0,
    ...{ answeredThrough: 0, stillOpen: [], epoch: 0, principal: "anonymous" },
    ...{ forCache: false, underSequencer: undefined },
    operation,
  }
  return await new Promise((resolve) => host.submit(request, ({ outcome }) => resolve(outcome)))
}

async function contentsOf(
  replica: RunningReplica,
  node: { readonly kind: "path"; readonly path: string },
  sessionId: number,
): Promise<string> {
  const outcome = await call(replica, { kind: "getContentsAndStat", node }, sessionId)
  return outcome.kind === "getContentsAndStat" ? new TextDecoder().decode(outcome.contents) : JSON.stringify(outcome)
}

async function memberAtFreePorts(replicaId: number): Promise<Member> {
  const server = createServer().listen(0, "127.0.0.1")
  await new Promise((resolve) => server.once("listening", resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return { replicaId, peerAddress: `127.0.0.1:${port}`, doorAddress: "127.0.0.1:1" }
}
