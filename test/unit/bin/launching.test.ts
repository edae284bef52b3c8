/** What the launcher finds out about a cell's certificates before it makes or starts anything. */
import { cpSync, existsSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, expect, test } from "vitest"
import { launching } from "../../../src/bin/launching.ts"
import { runClaviger } from "../../../src/cli/main.ts"
import type { Services } from "../../../src/cli/services.ts"
import type { Terminal } from "../../../src/cli/terminal.ts"
import { CellCertificates } from "../../support/tls-cell.ts"

const scratch = mkdtempSync(join(tmpdir(), "claviger-launching-"))
const certificates = new CellCertificates("dev")
afterAll(() => {
  rmSync(scratch, { recursive: true })
  certificates[Symbol.dispose]()
})

/** What `claviger cell --tls` says of certificates in a directory, where nobody is to be started. */
async function refusalOf(tls: string): Promise<{ readonly code: number; readonly told: string }> {
  const told: string[] = []
  const terminal: Terminal = {
    environment: {},
    directory: scratch,
    print: () => undefined,
    tell: (line) => told.push(line),
    readInput: async () => new Uint8Array(0),
    onSignals: () => () => undefined,
  }
  const services: Services = {
    version: "",
    program: join(scratch, "no-such-program"),
    loadLaunching: async () => launching,
    runReplica: async () => 0,
  }
  const wishes = ["--replicas", "3", "--tls", tls, "--administrators", "alice"]
  return { code: await runClaviger(["cell", ...wishes], terminal, services), told: told.join("\n") }
}

test("a cell whose certificates are missing is refused, and leaves nothing behind", async () => {
  const { code, told } = await refusalOf("nowhere")
  expect({ code, told }).toMatchObject({ code: 78 })
  for (const name of ["replica-1.pem", "replica-3.key", "client-authority.pem"]) {
    expect(told).toContain(join(scratch, "nowhere", name))
  }
  expect(existsSync(join(scratch, "claviger-data"))).toBe(false)
})

test("a cell one of whose certificates names another replica is refused, and leaves nothing behind", async () => {
  const folder = join(scratch, "muddled")
  for (const id of [1, 2, 3]) {
    const issued = certificates.peers.issueForReplica(id === 3 ? 2 : id, "dev")
    cpSync(issued.certificate, join(folder, `replica-${id}.pem`))
    cpSync(issued.privateKey, join(folder, `replica-${id}.key`))
  }
  cpSync(certificates.peers.certificate, join(folder, "peer-authority.pem"))
  cpSync(certificates.clients.certificate, join(folder, "client-authority.pem"))
  const { code, told } = await refusalOf("muddled")
  expect({ code, told }).toMatchObject({ code: 78 })
  expect(told.split("\n")).toEqual([
    "claviger: these certificates can't be used:",
    expect.stringContaining("replica 3 is to be named DNS:replica-3.dev"),
  ])
  expect(existsSync(join(scratch, "claviger-data"))).toBe(false)
})
