/** Replicas among themselves with certificates: who is let in, who is not, and what is said about it. */
import { createServer } from "node:net"
import { connect } from "node:tls"
import { afterAll, describe, expect, onTestFinished, test, vi } from "vitest"
import { TcpPeers, type PeerAddress } from "../../../src/host/tcp-peers.ts"
import { silentLogger, type LogFields } from "../../../src/host/logger.ts"
import type { ReplicaTls } from "../../../src/host/replica-tls.ts"
import { describePeersContract } from "../../contracts/peers.ts"
import { pem, type Issued } from "../../support/certificates.ts"
import { CellCertificates } from "../../support/tls-cell.ts"

const patience = { timeout: 10_000, interval: 5 }
const certificates = new CellCertificates("dev")
afterAll(() => certificates[Symbol.dispose]())

describe("peers over TCP with certificates keep the contract of peers:", () => {
  describePeersContract(async () => {
    const members = await addresses()
    return { start: (self) => TcpPeers.start({ ...options(members, self), tls: certificates.replica(self) }) }
  })
})

describe("the peer port", () => {
  test("does not take replica 3's certificate for replica 1's", async () => {
    const members = await addresses()
    const ours = await start(2, members, certificates.replica(2))
    const theirs = await start(1, members, certificates.replica(3))
    const objection = "the caller says that it is replica 1, and its certificate that it is replica 3"
    await expectTold(ours.errors, objection)
    await expectTold(theirs.warnings, objection)
  })

  test("does not take a replica of another cell, and says so once", async () => {
    const foreign = certificates.replica(1, certificates.peers.issueForReplica(1, "prod"))
    const members = await addresses()
    const ours = await start(2, members, certificates.replica(2))
    for (let life = 1; life <= 3; life += 1) {
      const theirs = await start(1, members, foreign)
      await expectTold(theirs.warnings, "its certificate names DNS:replica-1.prod")
      await theirs.peers.close()
    }
    expect(ours.errors.filter((reason) => reason.includes("replica-1.prod"))).toHaveLength(1)
  })

  test("does not take a client's certificate", async () => {
    await expectHangUp(certificates.clients.issue({ commonName: "alice" }))
  })

  test("does not take a certificate that a client's authority has issued in a replica's name", async () => {
    await expectHangUp(certificates.clients.issueForReplica(1, "dev"))
  })

  test("does not take one of another authority, one that has expired, or none", async () => {
    await expectHangUp(certificates.workshop.authority("other").issueForReplica(1, "dev"))
    await expectHangUp(certificates.peers.issueForReplica(1, "dev", { days: -1 }))
    await expectHangUp(undefined)
  })

  test("does not take plain text, and says so", async () => {
    const members = await addresses()
    const ours = await start(2, members, certificates.replica(2))
    await start(1, members, undefined)
    await expectTold(ours.warnings, "it does not speak TLS")
  })
})

test("a replica does not speak to another one in its place", async () => {
  const members = await addresses()
  const ours = await start(2, members, certificates.replica(2))
  await start(1, members, certificates.replica(3))
  await expectTold(ours.warnings, "not replica-1.dev")
})

test("a replica does not speak to one whose certificate an authority below the peers' own has issued", async () => {
  const below = certificates.peers.below("somebody's clients")
  const { certificate, privateKey } = below.issueForReplica(1, "dev")
  const chain = certificates.workshop.write(`${pem(certificate)}${pem(below.certificate)}`, pem(privateKey))
  const members = await addresses()
  const ours = await start(2, members, certificates.replica(2))
  await start(1, members, certificates.replica(1, chain))
  await expectTold(ours.warnings, "comes from an authority below the configured ones")
})

interface Endpoint {
  readonly peers: TcpPeers
  /** The reasons in what it has logged. */
  readonly errors: string[]
  readonly warnings: string[]
}

async function start(self: number, members: readonly PeerAddress[], tls: ReplicaTls | undefined): Promise<Endpoint> {
  const errors: string[] = []
  const warnings: string[] = []
  const keep = (list: string[]) => (fields: LogFields) => void list.push(String(fields["reason"]))
  const log = { ...silentLogger, error: keep(errors), warn: keep(warnings) }
  const peers = await TcpPeers.start({ ...options(members, self), tls, log })
  onTestFinished(() => peers.close())
  return { peers, errors, warnings }
}

async function expectTold(reasons: readonly string[], reason: string): Promise<void> {
  await vi.waitFor(() => expect(reasons).toContainEqual(expect.stringContaining(reason)), patience)
}

/** The port of a sound replica must end the connection by itself, whatever is said on it. */
async function expectHangUp(shown: Issued | undefined): Promise<void> {
  const members = await addresses()
  const ours = await start(2, members, certificates.replica(2))
  const socket = connect({
    port: Number(members[1]?.address.split(":")[1]),
    host: "127.0.0.1",
    ca: pem(certificates.peers.certificate),
    checkServerIdentity: () => undefined,
    ALPNProtocols: ["h2"],
    ...(shown === undefined ? {} : { cert: pem(shown.certificate), key: pem(shown.privateKey) }),
  })
  socket.on("error", () => undefined)
  await new Promise((resolve) => socket.once("close", resolve))
  await vi.waitFor(() => expect(ours.warnings.length).toBeGreaterThan(0), patience)
}

function options(members: readonly PeerAddress[], self: number) {
  return { cellId: "cell", configDigest: "digest", log: silentLogger, self, members }
}

async function addresses(): Promise<PeerAddress[]> {
  return await Promise.all(
    [1, 2].map(async (replicaId) => {
      const server = createServer().listen(0, "127.0.0.1")
      await new Promise((resolve) => server.once("listening", resolve))
      const { port } = server.address() as { port: number }
      await new Promise((resolve) => server.close(resolve))
      return { replicaId, address: `127.0.0.1:${port}` }
    }),
  )
}
