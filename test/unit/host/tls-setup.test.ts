/** What is found out about certificates before anybody is let down by them. */
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, describe, expect, test } from "vitest"
import { silentLogger } from "../../../src/host/logger.ts"
import { readReplicaTls, TlsSetupError, type TlsFiles } from "../../../src/host/tls-setup.ts"
import { CertificateWorkshop, type Issued } from "../../support/certificates.ts"

const workshop = new CertificateWorkshop()
afterAll(() => workshop[Symbol.dispose]())

const peers = workshop.authority("peers")
const clients = workshop.authority("clients")
const own = peers.issueForReplica(1, "dev")
const now = Date.now()

function filesWith(changes: Partial<TlsFiles> = {}): TlsFiles {
  return { ...own, peerAuthority: peers.certificate, clientAuthority: clients.certificate, ...changes }
}

function read(files: TlsFiles, { doorHost = "127.0.0.1", log = silentLogger, at = now } = {}): unknown {
  return readReplicaTls(files, { cellName: "dev", self: 1, doorHost }, log, at)
}

function expectProblem(changes: Partial<TlsFiles>, problem: string, doorHost?: string): void {
  const files = filesWith(changes)
  expect(() => read(files, doorHost === undefined ? {} : { doorHost })).toThrow(TlsSetupError)
  expect(() => read(files, doorHost === undefined ? {} : { doorHost })).toThrow(problem)
}

function issuedFor(issued: Issued): Partial<TlsFiles> {
  return issued
}

describe("the certificates of a replica", () => {
  test("are taken if all is well", () => {
    expect(() => read(filesWith())).not.toThrow()
    expect(() => read(filesWith(), { doorHost: "localhost" })).not.toThrow()
    expect(() => read(filesWith(), { doorHost: "0.0.0.0" })).not.toThrow()
  })

  test("must be there", () => {
    expectProblem({ privateKey: "/nowhere/a.key" }, "/nowhere/a.key can't be read")
  })

  test("must be certificates", () => {
    const path = join(workshop.directory, "note.txt")
    writeFileSync(path, "to do\n")
    expectProblem({ clientAuthority: path }, `${path} holds no certificate in PEM form`)
    expectProblem({ privateKey: path }, `${path} holds no private key`)
  })

  test("must fit together", () => {
    expectProblem({ privateKey: peers.own.privateKey }, `is not the key of ${own.certificate}`)
    expectProblem({ peerAuthority: workshop.authority("other").certificate }, "was not issued by")
  })

  test("must come from two authorities, or a client's could pass for a replica's", () => {
    expectProblem({ clientAuthority: peers.certificate }, "holds an authority of")
  })

  test("of authorities must be such", () => {
    expectProblem({ clientAuthority: clients.issue({ commonName: "a" }).certificate }, "is no authority's")
  })

  test("must name the replica and no other one", () => {
    expectProblem(issuedFor(peers.issueForReplica(2, "dev")), "replica 1 is to be named DNS:replica-1.dev")
    expectProblem(issuedFor(peers.issueForReplica(1, "prod")), "replica 1 is to be named DNS:replica-1.dev")
    const both = peers.issue({ alternativeNames: "DNS:replica-1.dev,DNS:replica-2.dev,IP:127.0.0.1" })
    expectProblem(issuedFor(both), "names replicas 1, 2")
  })

  test("must be good for the address that clients are sent to", () => {
    expectProblem({}, "is not good for 10.0.0.1", "10.0.0.1")
    expectProblem({}, "is not good for elsewhere.example", "elsewhere.example")
  })

  test("must be in force", () => {
    expectProblem(issuedFor(peers.issueForReplica(1, "dev", { days: -1 })), "has expired on")
    expect(() => read(filesWith(), { at: now - 1000 * 60 * 60 * 24 * 365 })).toThrow("is the clock right?")
  })

  test("have all that is wrong with them told at once", () => {
    const stranger = clients.issueForReplica(3, "dev")
    expect(() => read(filesWith({ certificate: stranger.certificate }))).toThrow(
      /is not the key[^]+was not issued by[^]+is to be named/,
    )
  })

  test("that expire soon are told of", () => {
    const told: unknown[] = []
    const log = { ...silentLogger, warn: (fields: unknown) => told.push(fields) }
    read(filesWith(), { log })
    expect(told).toContainEqual({ file: own.certificate, days: 9 })
  })
})
