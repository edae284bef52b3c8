/** What is measured, and that operators are told of all of it. */
import { readFileSync } from "node:fs"
import { afterEach, describe, expect, test } from "vitest"
import { refuse } from "../../../../src/contract/errors.ts"
import type { HostMeasures } from "../../../../src/host/meter.ts"
import { Metrics } from "../../../../src/server/metrics/metrics.ts"
import { callUnary, closeAll, openDoor, TestStream, type Door } from "../loopback.ts"
import { masterStatus, ScriptedCell } from "../scripted-cell.ts"
import { type Family, parseExposition, valueOf } from "./exposition.ts"

afterEach(closeAll)

const measures: HostMeasures = {
  ...{ ballotRound: 7, logSlots: 111, logBytes: 2222, nodeBytes: 333, locksHeld: 4, lockWaiters: 5, lockDelays: 1 },
  ...{ outstandingCalls: 9, waitingRequests: 0, reachableReplicas: [2, 3] },
  service: {
    ...{ cachingSessions: 2, cacheRegistrations: 30, parkedKeepAlives: 2 },
    ...{ heldMutations: 1, pendingCommands: 3, pendingBytes: 300 },
  },
}

const node = { kind: "path", path: "/ls/test/a" } as const
const release = { kind: "release", node } as const

/** As a process of its own has them. */
function everything(): Metrics {
  const metrics = new Metrics()
  metrics.meterReplica()
  metrics.measureReplica({ cell: "test", replicaId: 1, status: () => masterStatus })
  metrics.measureHost(() => measures)
  metrics.measureNames(() => ({ watchedNames: 0, nameWaits: 0, eventStreams: 0 }))
  return metrics
}

describe("the text of all metrics", () => {
  test("is in the format of Prometheus, and its histograms add up", async () => {
    const metrics = everything()
    metrics.calls.at("grpc").began("open")("OK")
    const families = parseExposition(await metrics.text())
    expect([...families.keys()].sort()).toEqual([...metrics.names()].sort())
    for (const [name, { type, samples }] of families) {
      if (type !== "histogram") continue
      const buckets = samples.filter((sample) => sample.name === `${name}_bucket`).map(({ value }) => value)
      expect(buckets, name).toEqual([...buckets].sort((left, right) => left - right))
      if (samples.length > 0) expect(buckets.at(-1), name).toBe(valueOf(families, `${name}_count`))
    }
  })

  test("shows a replica as it is when it is asked", async () => {
    let status = masterStatus
    const metrics = new Metrics()
    metrics.measureReplica({ cell: "test", replicaId: 1, status: () => status })
    const before = parseExposition(await metrics.text())
    status = { ...masterStatus, role: "learner", master: 0, canLose: -1, appliedThrough: 90 }
    const after = parseExposition(await metrics.text())
    const shown = (families: ReadonlyMap<string, Family>): unknown[] => [
      ...["claviger_ready", "claviger_can_lose", "claviger_applied_slot"].map((name) => valueOf(families, name)),
      ...["master", "learner"].map((role) => valueOf(families, "claviger_role", { role })),
    ]
    expect(shown(before)).toEqual([1, 1, 120, 1, 0])
    expect(shown(after)).toEqual([0, -1, 90, 0, 1])
  })

  test("counts what a replica traces, and how long writes have waited", async () => {
    const metrics = new Metrics()
    const meter = metrics.meterReplica()
    meter.onTrace({ kind: "becameMaster", epoch: 3 })
    meter.onTrace({ kind: "invalidationSent", keys: [], sessions: [4, 5] })
    meter.onTrace({ kind: "writeWaitedFor", sessionId: 5, waitedMs: 1_250 })
    meter.onCommit({ writeCount: 12, bytes: 3_000, tookMs: 4 })
    meter.onTurn(17)
    const families = parseExposition(await metrics.text())
    expect(valueOf(families, "claviger_traces_total", { trace: "becameMaster" })).toBe(1)
    expect(valueOf(families, "claviger_traces_total", { trace: "digestDisagreed" })).toBe(0)
    expect(valueOf(families, "claviger_invalidations_total")).toBe(2)
    expect(valueOf(families, "claviger_write_wait_seconds_sum")).toBe(1.25)
    expect(valueOf(families, "claviger_disk_commit_seconds_bucket", { le: "0.005" })).toBe(1)
    expect(valueOf(families, "claviger_disk_commit_seconds_bucket", { le: "0.0025" })).toBe(0)
    expect(valueOf(families, "claviger_disk_commit_bytes_sum")).toBe(3_000)
    expect(valueOf(families, "claviger_turn_inputs_sum")).toBe(17)
  })

  test("counts a call once, however often it is said to have ended", async () => {
    const metrics = new Metrics()
    const ended = metrics.calls.at("grpc").began("acquire")
    ended("CANCELLED")
    ended("OK")
    const families = parseExposition(await metrics.text())
    expect(valueOf(families, "claviger_call_seconds_count")).toBe(1)
  })
})

describe("/metrics", () => {
  test("counts calls by door, operation and how they ended", async () => {
    const cell = new ScriptedCell()
    cell.answerAll = ({ operation }) =>
      operation.kind === "release" ? { kind: "release", released: true } : refuse("OVERLOADED", "too many")
    const door = await openDoor(cell)
    await callUnary(door, "release", release)
    await expect(callUnary(door, "getStat", { kind: "getStat", node })).rejects.toThrow("too many")
    const stream = new TestStream(door)
    stream.send([release])
    await stream.whenReplied(1)
    stream.pipe.cancel()
    await fetch(`${door.http}/v1/files/a`)

    const families = await scrape(door)
    const count = (labels: Record<string, string>): number | undefined =>
      valueOf(families, "claviger_call_seconds_count", labels)
    expect(count({ door: "grpc", operation: "release", code: "OK" })).toBe(1)
    expect(count({ door: "grpc", operation: "getStat", code: "OVERLOADED" })).toBe(1)
    expect(count({ door: "stream", operation: "release", code: "OK" })).toBe(1)
    expect(count({ door: "http", code: "OVERLOADED" })).toBe(1)
    const route = "GET /v1/files/*"
    expect(valueOf(families, "claviger_http_request_seconds_count", { route, status: "429" })).toBe(1)
  })

  test("counts a caller who did not wait for the answer", async () => {
    const cell = new ScriptedCell()
    const door = await openDoor(cell)
    const controller = new AbortController()
    const call = callUnary(door, "release", release, { signal: controller.signal })
    await cell.whenSubmitted(1)
    controller.abort()
    await expect(call).rejects.toThrow()
    await cell.whenAbandoned(1)
    const families = await scrape(door)
    expect(valueOf(families, "claviger_call_seconds_count", { operation: "release", code: "CANCELLED" })).toBe(1)
  })

  test("puts all that is asked for where nothing is into one series", async () => {
    const door = await openDoor(new ScriptedCell())
    for (const path of ["/a", "/b?c=d", "/v1/nothing"]) await fetch(door.http + path)
    const none = { route: "none", status: "404" }
    expect(valueOf(await scrape(door), "claviger_http_request_seconds_count", none)).toBe(3)
  })
})

describe("what operators are told", () => {
  const page = readFileSync(new URL("../../../../docs/OPERATIONS.md", import.meta.url), "utf8")
  const rules = readFileSync(new URL("../../../../deploy/prometheus/alerts.yml", import.meta.url), "utf8")

  test("every metric has a line in the table, and nothing else has", () => {
    const told = [...page.matchAll(/^\| `(claviger_\w+)` /gm)].map(([, name = ""]) => name)
    expect(told.sort()).toEqual([...everything().names()].sort())
  })

  test("alert rules are about metrics and traces that there are", async () => {
    const metrics = everything()
    const families = parseExposition(await metrics.text())
    const named = [...rules.matchAll(/claviger_[a-z_]+/g)].map(([name]) => name.replace(/_(bucket|count)$/, ""))
    expect(named.length).toBeGreaterThan(10)
    expect(named.filter((name) => !families.has(name))).toEqual([])
    const traces = [...rules.matchAll(/trace=~?"([^"]+)"/g)].flatMap(([, kinds = ""]) => kinds.split("|"))
    for (const trace of traces) expect(valueOf(families, "claviger_traces_total", { trace }), trace).toBe(0)
  })
})

async function scrape(door: Door): Promise<ReadonlyMap<string, Family>> {
  const response = await fetch(`${door.http}/metrics`)
  expect(response.status).toBe(200)
  expect(response.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8")
  return parseExposition(await response.text())
}
