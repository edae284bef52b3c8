/**
 * The script that makes the certificates of a cell. It needs openssl, and nothing else here does: so the one test tries
 * what the script does without it everywhere, and what it does with it wherever it is installed.
 */
import { spawnSync, type SpawnSyncReturns } from "node:child_process"
import { once } from "node:events"
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { connect, createServer, type TLSSocket } from "node:tls"
import { fileURLToPath } from "node:url"
import { expect, onTestFinished, test } from "vitest"
import { silentLogger } from "../../src/host/logger.ts"
import type { Bearer, ReplicaTls } from "../../src/host/replica-tls.ts"
import { readReplicaTls } from "../../src/host/tls-setup.ts"

const script = fileURLToPath(new URL("../../deploy/tls/make-certificates.sh", import.meta.url))

test("certificates from the script suit the cell; where openssl is missing it says what to install", async () => {
  const scratch = mkdtempSync(join(tmpdir(), "claviger-tls-"))
  onTestFinished(() => rmSync(scratch, { recursive: true, force: true }))
  expectAdviceWithoutOpenssl(scratch)
  if (hasOpenssl()) await expectCertificates(join(scratch, "tls"))
})

function expectAdviceWithoutOpenssl(scratch: string): void {
  const nothing = join(scratch, "nothing")
  mkdirSync(nothing)
  const directory = join(scratch, "not-made")
  const { status, stdout, stderr } = makeCertificates(["--client", "alice", directory], nothing)
  expect({ status, stdout }).toEqual({ status: 69, stdout: "" })
  expect(stderr).toMatch(/^openssl is missing, .*: install the package openssl, then run this again\n$/)
  expect(existsSync(directory)).toBe(false)
}

async function expectCertificates(directory: string): Promise<void> {
  const hosts = ["locks.example.org", "10.0.0.1", "fd00::1"]
  const wishes = [...hosts.flatMap((host) => ["--host", host]), "--client", "alice", directory]
  expect(makeCertificates(wishes)).toMatchObject({ status: 0, stdout: "" })
  for (const doorHost of ["127.0.0.1", "localhost", "::1", ...hosts]) {
    for (const id of [1, 2, 3]) expect(() => replicaWith(directory, id, doorHost)).not.toThrow()
  }
  const replica = replicaWith(directory, 1, "127.0.0.1")
  const alice = readFileSync(join(directory, "client-alice.pem"), "utf8")
  expect(makeCertificates(["--client", "Jürgen", ...wishes])).toMatchObject({ status: 0, stdout: "" })
  expect(readFileSync(join(directory, "client-alice.pem"), "utf8")).toBe(alice)
  for (const name of ["alice", "Jürgen"]) {
    const seen = await callerSeenBy(replica, directory, `client-${name}`)
    expect(seen).toEqual({ kind: "client", uris: [], commonNames: [name] })
  }
  expect(await callerSeenBy(replica, directory, "replica-2")).toEqual({ kind: "replica", replicaId: 2 })
}

/** With all the checks that a replica makes at its start. */
function replicaWith(directory: string, id: number, doorHost: string): ReplicaTls {
  const files = {
    certificate: join(directory, `replica-${id}.pem`),
    privateKey: join(directory, `replica-${id}.key`),
    peerAuthority: join(directory, "peer-authority.pem"),
    clientAuthority: join(directory, "client-authority.pem"),
  }
  return readReplicaTls(files, { cellName: "dev", self: id, doorHost }, silentLogger, Date.now())
}

/** Whom a replica takes the bearer of a certificate for, once both have agreed to talk at all. */
async function callerSeenBy(replica: ReplicaTls, directory: string, shown: string): Promise<Bearer> {
  const listener = createServer(replica.listening("everybody")).listen(0, "127.0.0.1")
  await once(listener, "listening")
  const socket = connect({
    ...{ host: "localhost", family: 4, port: (listener.address() as AddressInfo).port, ALPNProtocols: ["h2"] },
    ca: readFileSync(join(directory, "peer-authority.pem")),
    cert: readFileSync(join(directory, `${shown}.pem`)),
    key: readFileSync(join(directory, `${shown}.key`)),
  })
  try {
    const accepted = await new Promise<TLSSocket>((resolve, reject) => {
      listener.once("secureConnection", resolve).once("tlsClientError", reject)
      socket.once("error", reject)
    })
    return replica.bearerOf(accepted.getPeerCertificate())
  } finally {
    socket.destroy()
    listener.close()
  }
}

function makeCertificates(wishes: readonly string[], path = process.env["PATH"]): SpawnSyncReturns<string> {
  const env = { ...process.env, PATH: path }
  return spawnSync(script, ["--cell", "dev", "--replicas", "3", ...wishes], { encoding: "utf8", env })
}

/** One that is there and fails is a failure of this test. */
function hasOpenssl(): boolean {
  const { error } = spawnSync("openssl", ["version"])
  if (error === undefined) return true
  expect(error).toMatchObject({ code: "ENOENT" })
  return false
}
