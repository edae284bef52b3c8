/** Configurations: what is accepted, and that all that is wrong is told at once. */
import { describe, expect, test } from "vitest"
import {
  type CellConfig,
  cellConfigDigest,
  parseCellConfig,
  parseReplicaConfig,
  timingDefaults,
} from "../../../src/server/config.ts"

function replica(id: number): Record<string, unknown> {
  return { id, grpc: `127.0.0.1:${7100 + id}`, http: `127.0.0.1:${7200 + id}`, peer: `[::1]:${7300 + id}` }
}

const good = { cell: "local-1", cellId: "0123456789abcdef", replicas: [replica(3), replica(1), replica(2)] }

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
      "cellID is unknown; known are cell, cellId, replicas, timing",
      'cell: lower-case letters, digits, dots and hyphens are wanted, not "Not Good"',
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
      "replicas: a cell has 3, 5, 7 replicas, not 4",
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
    expect(problemsOf(value)[0]).toContain("an object with cell, cellId, replicas, timing is wanted")
  })

  test("may not be named local, which is what every cell is called from inside", () => {
    expect(problemsOf({ ...good, cell: "local" })).toHaveLength(1)
  })

  test("asks for the addresses of all doors to differ, also within a replica", () => {
    const muddled = { ...good, replicas: [{ ...replica(1), http: "127.0.0.1:7101" }, replica(2), replica(3)] }
    expect(problemsOf(muddled)).toEqual(["replicas: the address 127.0.0.1:7101 is used twice"])
  })
})

describe("the digest", () => {
  test("doesn't depend on how the file is written", () => {
    const { cell, cellId } = good
    const reordered = { replicas: [replica(1), replica(2), replica(3)], timing: { ...timingDefaults }, cellId, cell }
    expect(cellConfigDigest(parsed(reordered))).toBe(cellConfigDigest(parsed(good)))
    expect(cellConfigDigest(parsed(good))).toMatch(/^[0-9a-f]{16}$/)
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
    ]
    const digests = [good, ...others].map((value) => cellConfigDigest(parsed(value)))
    expect(new Set(digests).size).toBe(digests.length)
  })
})

describe("a replica's own configuration", () => {
  const cell = parsed(good)

  test("names a replica of the cell and a directory", () => {
    const result = parseReplicaConfig({ id: 2, dataDirectory: "/var/lib/claviger" }, cell)
    expect(result).toEqual({ kind: "parsed", config: { id: 2, dataDirectory: "/var/lib/claviger" } })
  })

  test("of a replica that the cell doesn't know is refused with the ids that it does know", () => {
    expect(parseReplicaConfig({ id: 4, dataDirectory: "d" }, cell)).toEqual({
      kind: "faulty",
      problems: ["id: 4 is no replica of the cell local-1, whose replicas are 1, 2, 3"],
    })
  })

  test("has all its faults told at once", () => {
    expect(parseReplicaConfig({ id: 0, dataDir: "d" }, cell)).toMatchObject({ kind: "faulty", problems: { length: 3 } })
  })
})
