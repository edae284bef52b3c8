/** A cell with certificates: who gets in, as whom, and who does not. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { connect } from "node:tls"
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from "vitest"
import { TcpPeers } from "../../src/host/tcp-peers.ts"
import { silentLogger, type LogFields } from "../../src/host/logger.ts"
import { ReplicaTls } from "../../src/host/replica-tls.ts"
import { fillCertificateFolder } from "./support/certificate-folder.ts"
import { freePortBlock } from "./support/free-ports.ts"
import { RunningProgram, runProgram } from "./support/program.ts"
import { environmentOf, RunningCell } from "./support/running-cell.ts"
import { until } from "./support/until.ts"

const scratch = mkdtempSync(join(tmpdir(), "claviger-tls-"))
const ours = join(scratch, "ours")
const theirs = join(scratch, "theirs")

let cell: RunningCell

beforeAll(async () => {
  fillCertificateFolder(ours, [1, 2, 3], ["root", "alice"])
  fillCertificateFolder(theirs, [1, 2, 3], ["root"])
  cell = await RunningCell.start({ replicaCount: 3, tls: { directory: ours, client: "root" } })
})
afterEach(({ task }) => {
  const [error] = task.result?.errors ?? []
  if (error !== undefined) error.message += `\n${cell.tellLogs()}`
})
afterAll(async () => {
  await cell.end()
  rmSync(scratch, { recursive: true, force: true })
})

async function untilLogged(words: string): Promise<void> {
  await until(
    `a replica logs "${words}"`,
    { withinMs: 10_000 },
    () => cell.tellLogs(1_000).includes(words) || undefined,
  )
}

describe("a client with a certificate of the cell's", () => {
  test("reads and writes, and is asked for no more than to name its files", async () => {
    expect(await cell.run(["set", "/ls/local/hello", "world"])).toEqual({ code: 0, stdout: "", stderr: "" })
    const { CLAVIGER_TLS_AUTHORITY, CLAVIGER_TLS_CERTIFICATE, CLAVIGER_TLS_KEY } = environmentOf({
      ...{ directory: ours, client: "alice" },
    })
    const options = ["--tls-authority", CLAVIGER_TLS_AUTHORITY, "--tls-certificate", CLAVIGER_TLS_CERTIFICATE]
    const got = await cell.run(["get", "/ls/local/hello", ...options, "--tls-key", CLAVIGER_TLS_KEY])
    expect(got).toEqual({ code: 0, stdout: "world", stderr: "" })
  })

  test("is known by the name in it", async () => {
    const session = await cell.openSession()
    const lock = await session.acquire("/ls/local/job")
    const { holders } = await (await cell.connect()).getLock("/ls/local/job")
    expect(holders.map(({ principal }) => principal)).toEqual(["root"])
    await lock.release()
    await session.close()
  })

  test("is the cell's administrator if the founder has said so", async () => {
    const list = await cell.run(["get", "/ls/local/acl/administrators"])
    expect(list).toMatchObject({ code: 0, stdout: expect.stringMatching(/^root$/m) as unknown })
    const asAlice = ["--tls-certificate", join(ours, "client-alice.pem"), "--tls-key", join(ours, "client-alice.key")]
    const refused = await cell.run(["set", "/ls/local/acl/administrators", "alice", ...asAlice])
    expect(refused.code).toBe(77)
    expect(refused.stderr).toContain("PERMISSION_DENIED")
    expect(await cell.run(["set", "/ls/local/acl/administrators", "root\nalice\n"])).toMatchObject({ code: 0 })
  })

  test("sees how its cell is, and the cell has nothing to hide from itself", async () => {
    const { code, stdout } = await cell.run(["status"])
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining("can lose 1 more") as unknown })
    await until("the launcher shows the cell", { withinMs: 10_000 }, () =>
      cell.launcher.stdout.includes("can lose 1 more") ? true : undefined,
    )
    expect(cell.launcher.stdout).toContain(`export CLAVIGER_TLS_AUTHORITY=${join(ours, "peer-authority.pem")}`)
    expect(cell.launcher.stdout).not.toContain("WARNING")
  })

  test("outlives a master", async () => {
    const master = await cell.untilServing()
    await cell.kill(master.replicaId)
    expect(await cell.run(["get", "/ls/local/hello"])).toMatchObject({ code: 0, stdout: "world" })
    await cell.restart(master.replicaId)
    await cell.untilServing()
  })
})

describe("nobody else gets in:", () => {
  test("not with a certificate of another authority", async () => {
    const env = { ...environmentOf({ directory: theirs, client: "root" }) }
    const authority = { CLAVIGER_TLS_AUTHORITY: join(ours, "peer-authority.pem") }
    const { code, stderr } = await cell.run(["ls", "--timeout", "2"], { env: { ...env, ...authority } })
    expect(code).not.toBe(0)
    expect(stderr).toContain("it does not accept this client's certificate")
  })

  test("and a client does not let itself be deceived by another cell", async () => {
    const env = { CLAVIGER_TLS_AUTHORITY: join(theirs, "peer-authority.pem") }
    const { code, stderr } = await cell.run(["ls", "--timeout", "2"], { env })
    expect(code).not.toBe(0)
    expect(stderr).toContain("an authority that this client does not trust")
  })

  test("not in plain text", async () => {
    const env = { CLAVIGER_TLS_AUTHORITY: "", CLAVIGER_TLS_CERTIFICATE: "", CLAVIGER_TLS_KEY: "" }
    for (const command of ["ls", "status"]) {
      const { code, stderr } = await cell.run([command, "--timeout", "2"], { env })
      expect(code).not.toBe(0)
      expect(stderr).toContain("it may want TLS")
    }
  })

  test("not at the peer port with a client's certificate", async () => {
    const address = cell.peerAddresses.get(1) ?? ""
    const socket = connect({
      ...{ host: "127.0.0.1", port: Number(address.split(":")[1]), ALPNProtocols: ["h2"] },
      ca: readFileSync(join(ours, "peer-authority.pem")),
      cert: readFileSync(join(ours, "client-root.pem")),
      key: readFileSync(join(ours, "client-root.key")),
    })
    socket.on("error", () => undefined)
    await new Promise((resolve) => socket.once("close", resolve))
    await untilLogged("its certificate was not issued by an authority that may")
  })

  test("not at the peer port as replica 1 with the certificate of replica 2", async () => {
    const reasons: string[] = []
    const peers = await TcpPeers.start({
      ...{ cellId: cell.cellId, self: 1, configDigest: "whatever", listenAddress: "127.0.0.1:0" },
      members: [...cell.peerAddresses].map(([replicaId, address]) => ({ replicaId, address })),
      tls: new ReplicaTls(
        {
          certificate: readFileSync(join(ours, "replica-2.pem"), "utf8"),
          privateKey: readFileSync(join(ours, "replica-2.key"), "utf8"),
          peerAuthority: readFileSync(join(ours, "peer-authority.pem"), "utf8"),
          clientAuthority: readFileSync(join(ours, "client-authority.pem"), "utf8"),
        },
        "dev",
      ),
      log: { ...silentLogger, warn: (fields: LogFields) => void reasons.push(String(fields["reason"])) },
    })
    onTestFinished(() => peers.close())
    const objection = "the caller says that it is replica 1, and its certificate that it is replica 2"
    await untilLogged(objection)
    await until("the impostor hears why", { withinMs: 10_000 }, () =>
      reasons.some((reason) => reason.includes(objection)) ? true : undefined,
    )
  })
})

describe("a replica", () => {
  test("does not start with the certificate of another one", async () => {
    const directory = mkdtempSync(join(scratch, "cell-"))
    const at = (port: number): object => ({ grpc: `127.0.0.1:${port}`, http: `127.0.0.1:${port + 10}` })
    const base = await freePortBlock(40)
    const replicas = [1, 2, 3].map((id) => ({ id, ...at(base + id), peer: `127.0.0.1:${base + 20 + id}` }))
    const tls = {
      ...{ certificate: join(ours, "replica-2.pem"), privateKey: join(ours, "replica-2.key") },
      ...{ peerAuthority: join(ours, "peer-authority.pem"), clientAuthority: join(ours, "client-authority.pem") },
    }
    const file = { cell: "dev", cellId: "cell-for-tests", replicas, tls, administrators: ["root"] }
    writeFileSync(join(directory, "cell.json"), JSON.stringify(file))
    const { code, stderr } = await runProgram(["replica", "1", "--data", directory, "--found"])
    expect(code).toBe(78)
    expect(stderr).toContain("replica 1 is to be named DNS:replica-1.dev")
  })

  test("warns when it can be reached from elsewhere in plain text, and so does its launcher", async () => {
    const directory = mkdtempSync(join(scratch, "cell-"))
    const base = await freePortBlock(40)
    const replicas = [1, 2, 3].map((id) => ({
      ...{ id, grpc: `0.0.0.0:${base + id}`, http: `127.0.0.1:${base + 10 + id}` },
      peer: `127.0.0.1:${base + 20 + id}`,
    }))
    writeFileSync(join(directory, "cell.json"), JSON.stringify({ cell: "dev", cellId: "cell-for-tests", replicas }))
    const program = new RunningProgram(["cell", "--data", directory])
    onTestFinished(async () => {
      program.signal("SIGTERM")
      await program.ended
    })
    await until("the cell runs", { withinMs: 20_000 }, () => program.stdout.includes("Ctrl-C") || undefined)
    expect(program.stdout).toContain("WARNING: NO TLS")
    const log = readFileSync(join(directory, "replica-1", "replica.log"), "utf8")
    const [warning = ""] = log.split("\n").filter((line) => line.includes("NO TLS"))
    expect(JSON.parse(warning)).toMatchObject({ level: 40, exposed: [`0.0.0.0:${base + 1}`] })
  })
})
