/** Configurations: what is accepted, and that all that is wrong is told at once. */
import { describe, expect, test } from "vitest"
import { type CellConfig, cellConfigDigest, parseCellConfig, timingDefaults } from "../../../src/server/config.ts"
import { tlsFilesOf } from "../../../src/server/security-config.ts"

function replica(id: number): Record<string, unknown> {
  return { id, grpc: `127.0.0.1:${7100 + id}`, http: `127.0.0.1:${7200 + id}`, peer: `[::1]:${7300 + id}` }
}

const good = { cell: "local-1", cellId: "0123456789abcdef", replicas: [replica(3), replica(1), replica(2)] }

const secure = {
  ...good,
  tls: { certificate: "{id}.pem", privateKey: "{id}.key", peerAuthority: "peers.pem", clientAuthority: "clients.pem" },
  administrators: ["spiffe://example.org/operator", "alice"],
}

function parsed(value: unknown): CellConfig {
  const result = parseCellConfig(value)
  if (result.kind === "faulty") throw new Error(result.problems.join("\n"))
  return result.config
}

function problemsOf(value: unknown): readonly string[] {
  const result = parseCellConfig(value)
  return result.kind === "faulty" ? result.problems : []
}

describe("a cell's configuration", () => {
  test("is read as it stands, replicas in order of id, timing by default", () => {
    const config = parsed(good)
    expect(config.replicas.map(({ id }) => id)).toEqual([1, 2, 3])
    expect(config).toMatchObject({ cell: "local-1", cellId: "0123456789abcdef", timing: timingDefaults })
  })

  test("can't be changed afterwards", () => {
    const config = parsed(good)
    for (const part of [config, config.replicas, config.replicas[0], config.timing])
      expect(Object.isFrozen(part)).toBe(true)
  })

  test("has all its faults told at once", () => {
    const value = {
      cell: "Not Good",
      cellID: "0123456789abcdef",
      replicas: [{ ...replica(1), grpc: "localhost", htpp: "127.0.0.1:1" }, 7, { ...replica(2), id: "two" }],
      timing: { heartbeatMs: 1.5, leaseMs: 1 },
    }
    expect(problemsOf(value)).toEqual([
      "cellID is unknown; known are cell, cellId, replicas, timing, tls, administrators, anonymousLookups, rotateKeysEveryDays",
      'cell: lower-case letters, digits, dots and hyphens (63 at most; not "local") are wanted, not "Not Good"',
      "cellId: 8 to 64 letters, digits and hyphens are wanted, not nothing",
      "replicas[0]: htpp is unknown; known are id, grpc, http, peer",
      'replicas[0].grpc: an address "host:port" is wanted, not "localhost"',
      "replicas[1]: an object with id, grpc, http, peer is wanted, not 7",
      "replicas[1].id: an integer from 1 to 255 is wanted, not nothing",
      'replicas[1].grpc: an address "host:port" is wanted, not nothing',
      'replicas[1].http: an address "host:port" is wanted, not nothing',
      'replicas[1].peer: an address "host:port" is wanted, not nothing',
      'replicas[2].id: an integer from 1 to 255 is wanted, not "two"',
      "timing: leaseMs is unknown; known are heartbeatMs, masterLeaseMs, electionJitterMs, driftPerMille",
      "timing.heartbeatMs: an integer from 10 to 10000 is wanted, not 1.5",
    ])
  })

  test("has the relations between its values checked", () => {
    const twice = { ...good, replicas: [replica(1), replica(1), replica(2), replica(3)] }
    expect(problemsOf(twice)).toEqual([
      "replicas: a cell has 3, 5 or 7 replicas, not 4",
      "replicas: the replica id 1 is used twice",
      "replicas: the address 127.0.0.1:7101 is used twice",
      "replicas: the address 127.0.0.1:7201 is used twice",
      "replicas: the address [::1]:7301 is used twice",
    ])
    const hasty = { ...good, timing: { heartbeatMs: 400, masterLeaseMs: 1000 } }
    expect(problemsOf(hasty)).toEqual([
      "timing.masterLeaseMs: is to be at least 1212, three heartbeats and the drift of clocks",
    ])
  })

  test.each([null, 7, "text", []])("is not made of %j", (value) => {
    expect(problemsOf(value)[0]).toContain(
      "an object with cell, cellId, replicas, timing, tls, administrators, anonymousLookups, rotateKeysEveryDays is wanted",
    )
  })

  test("may not be named local, which is what every cell is called from inside", () => {
    expect(problemsOf({ ...good, cell: "local" })).toHaveLength(1)
  })

  test("asks for the addresses of all doors to differ, also within a replica", () => {
    const muddled = { ...good, replicas: [{ ...replica(1), http: "127.0.0.1:7101" }, replica(2), replica(3)] }
    expect(problemsOf(muddled)).toEqual(["replicas: the address 127.0.0.1:7101 is used twice"])
  })
})

describe("who may administer a cell", () => {
  test("is everybody in plain text, unless the file says otherwise", () => {
    expect(parsed(good).administrators).toEqual(["anonymous"])
    expect(parsed({ ...good, administrators: [] }).administrators).toEqual([])
    expect(parsed({ ...good, administrators: ["alice"] }).administrators).toEqual(["alice"])
  })

  test("has to be said when there is TLS", () => {
    expect(parsed(secure).administrators).toEqual(["spiffe://example.org/operator", "alice"])
    const { administrators: _left, ...silent } = secure
    expect(problemsOf(silent)).toEqual(["administrators: a list is wanted, not nothing"])
    expect(problemsOf({ ...secure, administrators: [] })).toEqual([
      "administrators: with TLS at least one principal is wanted, or nobody can administer the cell",
    ])
    expect(problemsOf({ ...secure, administrators: ["anonymous"] })).toEqual([
      "administrators[0]: nobody with a certificate is called anonymous",
    ])
  })

  test.each(["", " alice", "alice ", "a#b", "a\nb", "a\u2028b", "\u0000", "x".repeat(257)])("can't be %j", (name) => {
    expect(problemsOf({ ...secure, administrators: [name] })[0]).toMatch(
      /^administrators\[0\]: the name of a principal/,
    )
  })
})

describe("certificates", () => {
  test("are none in plain text", () => {
    expect(parsed(good).tls).toBeUndefined()
  })

  test("are files seen from cell.json, with the id of the replica in their paths", () => {
    const { tls } = parsed({ ...secure, tls: { ...secure.tls, clientAuthority: "/etc/clients.pem" } })
    if (tls === undefined) throw new Error("there are certificates")
    expect(tls.http).toBe(false)
    expect(tlsFilesOf(tls, "/var/lib/cell", 3)).toEqual({
      certificate: "/var/lib/cell/3.pem",
      privateKey: "/var/lib/cell/3.key",
      peerAuthority: "/var/lib/cell/peers.pem",
      clientAuthority: "/etc/clients.pem",
    })
  })

  test("are asked for all together", () => {
    expect(problemsOf({ ...secure, tls: { certificate: "c.pem", http: "yes" } })).toEqual([
      "tls.privateKey: the letters of a path are wanted, not nothing",
      "tls.peerAuthority: the letters of a path are wanted, not nothing",
      "tls.clientAuthority: the letters of a path are wanted, not nothing",
      'tls.http: true or false is wanted, not "yes"',
    ])
  })
})

describe("the digest", () => {
  test("doesn't depend on how the file is written", () => {
    const { cell, cellId } = good
    const reordered = { replicas: [replica(1), replica(2), replica(3)], timing: { ...timingDefaults }, cellId, cell }
    expect(cellConfigDigest(parsed(reordered))).toBe(cellConfigDigest(parsed(good)))
    expect(cellConfigDigest(parsed(good))).toMatch(/^[0-9a-f]{16}$/)
  })

  test("leaves it to each machine where its certificates lie", () => {
    const elsewhere = { ...secure, tls: { ...secure.tls, certificate: "elsewhere.pem" } }
    expect(cellConfigDigest(parsed(elsewhere))).toBe(cellConfigDigest(parsed(secure)))
  })

  test("depends on everything that replicas must agree on", () => {
    const others = [
      { ...good, cell: "local-2" },
      { ...good, cellId: "0123456789abcdeX" },
      { ...good, replicas: [replica(1), replica(2), replica(4)] },
      { ...good, replicas: [{ ...replica(1), peer: "127.0.0.1:1" }, replica(2), replica(3)] },
      { ...good, timing: { driftPerMille: 11 } },
      { ...good, timing: { heartbeatMs: 151 } },
      { ...good, timing: { masterLeaseMs: 1001 } },
      { ...good, timing: { electionJitterMs: 301 } },
      { ...good, administrators: [] },
      secure,
      { ...secure, tls: { ...secure.tls, http: true } },
      { ...secure, administrators: ["alice"] },
    ]
    const digests = [good, ...others].map((value) => cellConfigDigest(parsed(value)))
    expect(new Set(digests).size).toBe(digests.length)
  })
})

describe("the rotation of keys", () => {
  test("happens every 90 days unless the file says otherwise, which may be never", () => {
    expect(parsed(good).rotateKeysEveryDays).toBe(90)
    expect(parsed({ ...good, rotateKeysEveryDays: 0 }).rotateKeysEveryDays).toBe(0)
    const [problem] = problemsOf({ ...good, rotateKeysEveryDays: 0.5 })
    expect(problem).toBe("rotateKeysEveryDays: an integer from 0 to 3650 is wanted, not 0.5")
  })

  test("is to be the same at all replicas", () => {
    const digest = cellConfigDigest(parsed(good))
    expect(cellConfigDigest(parsed({ ...good, rotateKeysEveryDays: 90 }))).toBe(digest)
    expect(cellConfigDigest(parsed({ ...good, rotateKeysEveryDays: 30 }))).not.toBe(digest)
  })
})

describe("looking names up without a certificate", () => {
  const tls = { certificate: "a", privateKey: "b", peerAuthority: "c", clientAuthority: "d" }
  const secure = { ...good, tls, administrators: ["root"] }

  test("is off unless the file says otherwise, and is part of the digest once it does", () => {
    const [off, explicitlyOff, on] = [
      secure,
      { ...secure, anonymousLookups: false },
      { ...secure, anonymousLookups: true },
    ].map((value) => parsed(value))
    expect([off, explicitlyOff, on].map((config) => config?.anonymousLookups)).toEqual([false, false, true])
    const [offDigest, explicitlyOffDigest, onDigest] = [off, explicitlyOff, on].map(
      (config) => config && cellConfigDigest(config),
    )
    expect(explicitlyOffDigest).toBe(offDigest)
    expect(onDigest).not.toBe(offDigest)
  })

  test("says nothing where everybody is anonymous, and is yes or no", () => {
    expect(problemsOf({ ...good, anonymousLookups: false })).toEqual([])
    expect(problemsOf({ ...good, anonymousLookups: true })).toEqual([
      "anonymousLookups: says nothing without tls, where everybody is anonymous",
    ])
    expect(problemsOf({ ...secure, anonymousLookups: "yes" })).toEqual([
      'anonymousLookups: true or false is wanted, not "yes"',
    ])
  })
})
