/** What replicas with real disks, sockets and doors say of themselves while they are used. */
import { expect, test, vi } from "vitest"
import { connect } from "../../../../src/client/index.ts"
import { servedCell, type ServedReplica } from "../../../support/served-cell.ts"
import { parseExposition, valueOf } from "./exposition.ts"

const cell = servedCell("measured")

test("a cell in use shows its master, its state, its commits and its calls at every replica", async () => {
  const client = await connect({ replicas: [cell.master.grpc] })
  const session = await client.openSession()
  await session.set("/ls/measured/greeting", "hello")
  await session.acquire("/ls/measured/lock")

  const atMaster = await measuredAt(cell.master)
  expect(atMaster("claviger_role", { role: "master" })).toBe(1)
  expect(atMaster("claviger_master")).toBe(cell.master.replica.host.status().replicaId)
  expect(atMaster("claviger_can_lose")).toBe(1)
  expect(atMaster("claviger_sessions")).toBe(1)
  expect(atMaster("claviger_locks_held")).toBe(1)
  expect(atMaster("claviger_caching_sessions")).toBe(1)
  expect(atMaster("claviger_node_bytes")).toBeGreaterThan("greeting".length + "hello".length)
  expect(atMaster("claviger_log_slots")).toBe(atMaster("claviger_chosen_slot"))
  expect(atMaster("claviger_traces_total", { trace: "becameMaster" })).toBe(1)
  expect(atMaster("claviger_disk_commit_seconds_count")).toBeGreaterThan(0)
  expect(atMaster("claviger_disk_commit_bytes_sum")).toBeGreaterThan(100)
  expect(atMaster("claviger_turn_inputs_count")).toBeGreaterThan(0)
  expect(atMaster("claviger_call_seconds_count", { operation: "createSession", code: "OK" })).toBe(1)
  await vi.waitFor(async () => expect((await measuredAt(cell.master))("claviger_parked_keepalives")).toBe(1))

  await vi.waitFor(async () => {
    const atOther = await measuredAt(cell.other)
    expect(atOther("claviger_locks_held")).toBe(1)
    expect(atOther("claviger_reachable_replicas")).toBe(2)
    expect(atOther("claviger_caching_sessions")).toBe(0)
    expect(atOther("claviger_master")).toBe(atMaster("claviger_master"))
  })

  await session.close()
  await client.close()
  const after = await measuredAt(cell.master)
  expect(after("claviger_locks_held")).toBe(0)
  expect(after("claviger_sessions")).toBe(0)
})

type Measured = (name: string, labels?: Readonly<Record<string, string>>) => number | undefined

async function measuredAt({ http }: ServedReplica): Promise<Measured> {
  const families = parseExposition(await (await fetch(`${http}/metrics`)).text())
  return (name, labels) => valueOf(families, name, labels)
}
